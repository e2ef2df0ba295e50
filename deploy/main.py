"""What the Flex Template's launcher runs. Nothing else may live here: workers never import this file."""

import sys

from pipeline.template import launch

if __name__ == "__main__":
    sys.exit(launch(sys.argv[1:]))
