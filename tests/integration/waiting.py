"""waiting.py -- for what others do, in tests."""
import time


def until(condition, seconds=30, step=0.05):
    """What `condition` said at last; true as soon as it does."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(step)
