"""A worker process of a local run: Beam's own, without the parts of Beam that `tocsin run` does not use."""

import sys

from pipeline.beam_import import import_beam


def main() -> None:
    """Serve the run that started this process, as its environment says, to the end."""
    import_beam([])
    from apache_beam.runners.worker import sdk_worker_main

    sdk_worker_main.main(sys.argv)


if __name__ == "__main__":
    main()
