# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium that a test drives as a user would: real mouse, keys and screenshots.

Speaks the DevTools protocol over a pipe (file descriptors 3 and 4, messages end with NUL), so that
no library and no port is needed.
"""
import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Browser:
    def __init__(self, program, width=1280, height=900, dark=False):
        self.folder = tempfile.mkdtemp(prefix="bitloom_browser_")
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # The child needs them as 3 and 4; above 4 neither overwrites the other.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 5) for end in (to_browser, from_browser)]
        os.close(to_browser)
        os.close(from_browser)

        def as_3_and_4():
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update",
                   "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe",
                   f"--window-size={width},{height}", f"--user-data-dir={self.folder}/profile",
                   "about:blank"]
        self.process = subprocess.Popen(
            command, close_fds=False, preexec_fn=as_3_and_4, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in ends:
            os.close(end)
        self._buffer = b""
        self._next = 0
        self.problems = []  # uncaught errors, console messages, requests: there must be none
        targets = self._send("Target.getTargets")["targetInfos"]
        target = next(each for each in targets if each["type"] == "page")["targetId"]
        self._session = None
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._send(f"{domain}.enable")
        self.resize(width, height)
        self._send("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.downloads = os.path.join(self.folder, "downloads")
        os.mkdir(self.downloads)
        self._send("Page.setDownloadBehavior", behavior="allow", downloadPath=self.downloads)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _receive(self, seconds):
        end = time.monotonic() + seconds
        while b"\0" not in self._buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._read], [], [], left)[0]:
                return None
            block = os.read(self._read, 1 << 20)
            if not block:
                raise RuntimeError("the browser has ended")
            self._buffer += block
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def _send(self, method, **parameters):
        self._next += 1
        message = {"id": self._next, "method": method, "params": parameters}
        if getattr(self, "_session", None):
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive(60)
            if answer is None:
                raise RuntimeError(f"no answer to {method}")
            if answer.get("id") == self._next:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self._event(answer)

    def _event(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled":
            self.problems.append("console: " + json.dumps([a.get("value", a.get("description"))
                                                           for a in parameters["args"]]))
        elif method == "Log.entryAdded":
            self.problems.append("log: " + parameters["entry"]["text"])
        elif method == "Page.javascriptDialogOpening":
            self.problems.append("dialog: " + parameters["message"])
        elif method == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if not url.startswith(("file://", "blob:", "data:image/png")):
                self.problems.append("request: " + url[:200])

    def open(self, path):
        """Opens a page and returns the seconds until it was ready."""
        start = time.monotonic()
        self._send("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait("document.documentElement?.dataset.ready === 'true'")
        return time.monotonic() - start

    def run(self, script):
        """The value of a JavaScript expression."""
        answer = self._send("Runtime.evaluate", expression=script, returnByValue=True,
                            awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while not self.run(condition):
            if time.monotonic() > end:
                raise AssertionError(f"did not come true: {condition}; problems: {self.problems}")
            time.sleep(0.02)

    def settle(self):
        """Until what was changed is drawn."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30))))")

    def resize(self, width, height):
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                   deviceScaleFactor=1, mobile=False)

    def media(self, name):
        """As on "print", or "" as on a screen."""
        self._send("Emulation.setEmulatedMedia", media=name)
        self.settle()

    def place(self, selector):
        """Scrolls an element into sight; the middle, in the window."""
        at = self.run(f"""(() => {{
            const element = document.querySelector({json.dumps(selector)});
            element.scrollIntoView({{block: 'center', inline: 'center'}});
            const box = element.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()""")
        self.settle()
        return at

    def mouse(self, kind, x, y, **more):
        self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def move(self, x, y):
        self.mouse("mouseMoved", x, y)
        self.settle()

    def click_at(self, x, y):
        self.move(x, y)
        self.mouse("mousePressed", x, y, button="left", buttons=1, clickCount=1)
        self.mouse("mouseReleased", x, y, button="left", clickCount=1)
        self.settle()

    def click(self, selector):
        self.click_at(*self.place(selector))

    def drag(self, start, end, steps=8):
        self.move(*start)
        self.mouse("mousePressed", *start, button="left", buttons=1, clickCount=1)
        for k in range(1, steps + 1):
            at = [a + (b - a) * k / steps for a, b in zip(start, end)]
            self.mouse("mouseMoved", *at, button="left", buttons=1)
            self.settle()
        self.mouse("mouseReleased", *end, button="left", clickCount=1)
        self.settle()

    def key(self, name):
        code = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "ArrowUp": 38, "Home": 36,
                "End": 35, "Tab": 9, "Enter": 13, "Backspace": 8}[name]
        text = {"text": "\r"} if name == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self._send("Input.dispatchKeyEvent", type=kind, key=name, code=name,
                       windowsVirtualKeyCode=code, **(text if kind == "keyDown" else {}))
        self.settle()

    def type(self, selector, text):
        """Replaces the text of an input."""
        self.run(f"document.querySelector({json.dumps(selector)}).select()")
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self._send("Input.insertText", text=text)
        self.settle()

    def select(self, selector, option):
        self.run(f"""(() => {{
            const select = document.querySelector({json.dumps(selector)});
            select.value = [...select.options].find((o) => o.textContent.includes({json.dumps(option)})).value;
            select.dispatchEvent(new Event('change'));
        }})()""")
        self.settle()

    def screenshot(self, path, whole=True):
        """A picture of the window, or of the whole page."""
        more = {}
        if whole:
            size = self._send("Page.getLayoutMetrics")["cssContentSize"]
            more = {"captureBeyondViewport": True,
                    "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}
        picture = self._send("Page.captureScreenshot", format="png", **more)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture))
