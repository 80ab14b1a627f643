"""A headless Chromium, driven through the pipes of its DevTools protocol; the standard library does for that."""
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PATIENCE = 60  # seconds that any answer may take
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe"]


def find():
    """Where Chromium is, None where it is not."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Browser:
    """One browser with one page in it. `events` are all that the page has told of itself."""

    def __init__(self, program):
        # Chromium reads file descriptor 3 and writes 4: ours while it starts.
        (theirs_in, self.to), (self.at, theirs_out) = os.pipe(), os.pipe()
        self.to, self.at = (os.dup2(fd, high, inheritable=False) for fd, high in ((self.to, 20), (self.at, 21)))
        os.dup2(theirs_in, 30)
        os.dup2(theirs_out, 31)
        os.dup2(30, 3)
        os.dup2(31, 4)
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.process = subprocess.Popen([program, *FLAGS, "--user-data-dir=" + self.profile.name], pass_fds=(3, 4),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for fd in (3, 4, 30, 31):
            os.close(fd)
        self.numbers, self.read, self.events, self.session = itertools.count(1), b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.call(domain + ".enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.profile.cleanup()

    def message(self):
        """The next one that the browser sends."""
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.read:
            if not select.select([self.at], [], [], max(end - time.monotonic(), 0))[0]:
                raise TimeoutError("the browser does not answer")
            more = os.read(self.at, 1 << 20)
            if not more:
                raise EOFError("the browser has ended")
            self.read += more
        first, _, self.read = self.read.partition(b"\0")
        return json.loads(first)

    def call(self, method, **parameters):
        number = next(self.numbers)
        request = {"id": number, "method": method, "params": parameters}
        if self.session is not None:
            request["sessionId"] = self.session
        rest = json.dumps(request).encode() + b"\0"
        while rest:
            rest = rest[os.write(self.to, rest):]
        while True:
            message = self.message()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def told(self, *methods):
        return [event["params"] for event in self.events if event.get("method") in methods]

    def open(self, url):
        """Shows the page and waits until it has loaded."""
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not self.told("Page.loadEventFired"):
            self.events.append(self.message())

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", expression))
        return answer["result"].get("value")

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type="mouse" + kind, x=x, y=y, **more)

    def count(self, selector):
        """How many elements there are, where scripts may not run either."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        return len(self.call("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"])

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
