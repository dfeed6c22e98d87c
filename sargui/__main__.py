"""`python -m sargui`: the command line."""

from sargui.cli.app import main

if __name__ == "__main__":
    main()
