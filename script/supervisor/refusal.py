"""What the commands say when they cannot go on."""


class Refusal(Exception):
    """One sentence for the person at the console; the command ends with a non-zero code."""
