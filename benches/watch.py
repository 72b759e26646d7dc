"""Whether the machine stands still: a virtual one may, for seconds, and whoever is measured then looks slow."""

import threading
import time

TICK, STILL = 0.05, 0.3


class Watch(threading.Thread):
    """Sleeps a tick again and again and sees when that took far longer."""

    def __init__(self):
        super().__init__(daemon=True)
        self.stops, self.last = 0, time.monotonic()
        self.start()

    def run(self):
        while True:
            time.sleep(TICK)
            now = time.monotonic()
            self.stops += STILL < now - self.last
            self.last = now

    def seen(self):
        """How often so far, a stop that the watch has yet to wake from among them."""
        return self.stops + (STILL < time.monotonic() - self.last)


WATCH = Watch()
