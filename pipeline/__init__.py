"""What runs: the flow, the command line and what people look at."""
