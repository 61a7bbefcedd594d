"""`emptychair` and `python -m bot`."""

from bot.cli import cli


def main() -> None:
    """Run the command line."""
    cli(prog_name="emptychair")


if __name__ == "__main__":
    main()
