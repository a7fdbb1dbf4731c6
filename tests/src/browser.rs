//! A real Chromium that is strict: a console error, an uncaught exception or a policy violation fails the journey.

use crate::api::wait;
use crate::skip::skip;
use chromiumoxide::cdp::browser_protocol::emulation::SetDeviceMetricsOverrideParams;
use chromiumoxide::cdp::browser_protocol::input::{DispatchMouseEventParams, DispatchMouseEventType, InsertTextParams, MouseButton};
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::browser_protocol::network::{BlockPattern, Headers, SetBlockedUrLsParams, SetExtraHttpHeadersParams};
use chromiumoxide::cdp::js_protocol::runtime::{ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::layout::Point;
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{BrowserConfig, Page};
use futures::StreamExt;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const DEADLINE: Duration = Duration::from_secs(15);

/// One browser with one page, for one journey.
#[derive(Debug)]
pub struct Browser {
    browser: chromiumoxide::Browser,
    page: Page,
    errors: Arc<Mutex<Vec<String>>>,
    profile: PathBuf,
    step: String,
    base: String,
}

/// Opens a browser on the server at `base`, or says that none is installed.
pub fn open(base: &str) -> Option<Browser> {
    let Some(program) = find() else {
        skip("a journey", "no chromium on PATH (package: chromium)");
        return None;
    };
    Some(wait(launch(program, base)))
}

async fn launch(program: PathBuf, base: &str) -> Browser {
    let profile = tempfile::Builder::new().prefix("guanxi-web-").tempdir().expect("a temporary folder").keep();
    let config = BrowserConfig::builder()
        .no_sandbox()
        .new_headless_mode()
        .chrome_executable(program)
        .user_data_dir(&profile)
        .window_size(1440, 900)
        .viewport(None)
        .launch_timeout(Duration::from_secs(60))
        .request_timeout(DEADLINE)
        .build()
        .expect("the browser's settings are complete");
    let (browser, mut handler) = chromiumoxide::Browser::launch(config).await.expect("the browser starts");
    tokio::spawn(async move { while handler.next().await.is_some() {} });
    let page = browser.new_page("about:blank").await.expect("a page opens");
    // The reader's language is what the browser asks for, whatever this machine speaks.
    let language = Headers::new(json!({"Accept-Language": "zh-CN,zh;q=0.9"}));
    page.execute(SetExtraHttpHeadersParams::new(language)).await.expect("the language can be set");
    let errors = Arc::new(Mutex::new(Vec::new()));
    listen(&page, &errors).await;
    Browser { browser, page, errors, profile, step: "open the browser".to_owned(), base: base.to_owned() }
}

/// Subscribed before the first page is opened, so that nothing is missed.
async fn listen(page: &Page, errors: &Arc<Mutex<Vec<String>>>) {
    page.enable_log().await.expect("the log can be followed");
    let mut console = page.event_listener::<EventConsoleApiCalled>().await.expect("the console can be followed");
    let kept = Arc::clone(errors);
    tokio::spawn(async move {
        while let Some(event) = console.next().await {
            if matches!(event.r#type, ConsoleApiCalledType::Error | ConsoleApiCalledType::Assert) {
                keep(&kept, format!("console: {:?}", event.args));
            }
        }
    });
    let mut thrown = page.event_listener::<EventExceptionThrown>().await.expect("exceptions can be followed");
    let kept = Arc::clone(errors);
    tokio::spawn(async move {
        while let Some(event) = thrown.next().await {
            keep(&kept, format!("exception: {:?}", event.exception_details));
        }
    });
    let mut log = page.event_listener::<EventEntryAdded>().await.expect("the log can be followed");
    let kept = Arc::clone(errors);
    tokio::spawn(async move {
        while let Some(event) = log.next().await {
            // A form that is answered with its problems is a 4xx page on purpose, and scripts are blocked on purpose; the journey looks
            // at the page itself.
            let expected = ["status of 401", "status of 409", "status of 422", "ERR_BLOCKED_BY"];
            let refused_form = expected.iter().any(|text| event.entry.text.contains(text));
            if matches!(event.entry.level, LogEntryLevel::Error) && !refused_form {
                keep(&kept, format!("log: {} {}", event.entry.text, event.entry.url.clone().unwrap_or_default()));
            }
        }
    });
}

fn keep(errors: &Mutex<Vec<String>>, error: String) {
    errors.lock().expect("no listener panics").push(error);
}

impl Browser {
    /// Names what the person does next, in their words; a failure says it.
    pub fn step(&mut self, words: &str) {
        self.check();
        println!("- {words}"); // shown by the runner when the journey fails
        self.step = words.to_owned();
    }

    /// Opens a path of the server, or a whole address.
    pub fn goto(&self, path: &str) {
        let address = if path.starts_with("http") || path.starts_with("data:") { path.to_owned() } else { format!("{}{path}", self.base) };
        wait(async {
            self.page.goto(address.as_str()).await.map_err(|error| error.to_string())?;
            self.page.wait_for_navigation().await.map_err(|error| error.to_string())?;
            Ok::<(), String>(())
        })
        .unwrap_or_else(|error| self.fail(&format!("{address} does not open: {error}")));
    }

    /// The path and query of the page.
    pub fn path(&self) -> String {
        self.run("location.pathname + location.search").as_str().unwrap_or_default().to_owned()
    }

    /// Runs an expression in the page; the harness may, a page of ours may not.
    pub fn run(&self, script: &str) -> Value {
        match wait(self.page.evaluate_expression(script)) {
            Ok(result) => result.value().cloned().unwrap_or(Value::Null),
            Err(error) => self.fail(&format!("`{script}`: {error}")),
        }
    }

    /// The same where the page may be changing under our hands: null then.
    fn try_run(&self, script: &str) -> Value {
        wait(self.page.evaluate_expression(script)).ok().and_then(|result| result.value().cloned()).unwrap_or(Value::Null)
    }

    /// Waits until an expression is true.
    pub fn wait_until(&self, what: &str, script: &str) {
        let deadline = Instant::now() + DEADLINE;
        while self.try_run(script) != json!(true) {
            if Instant::now() > deadline {
                self.fail(&format!("waited in vain until {what}"));
            }
            std::thread::sleep(Duration::from_millis(40));
        }
    }

    /// Waits until an element is there.
    pub fn wait_for(&self, selector: &str) {
        self.wait_until(&format!("{selector} is there"), &format!("!!document.querySelector({})", quote(selector)));
    }

    /// Waits until an element shows a text.
    pub fn wait_for_text(&self, selector: &str, text: &str) {
        let script = format!("[...document.querySelectorAll({})].some(e => e.innerText.includes({}))", quote(selector), quote(text));
        self.wait_until(&format!("{selector} shows {text:?}"), &script);
    }

    /// Whether an element shows a text now.
    pub fn shows(&self, selector: &str, text: &str) -> bool {
        self.run(&format!("[...document.querySelectorAll({})].some(e => e.innerText.includes({}))", quote(selector), quote(text)))
            == json!(true)
    }

    /// The texts of all elements that match.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let found = self.run(&format!("[...document.querySelectorAll({})].map(e => e.innerText.trim())", quote(selector)));
        serde_json::from_value(found).unwrap_or_default()
    }

    /// How many elements match.
    pub fn count(&self, selector: &str) -> usize {
        self.run(&format!("document.querySelectorAll({}).length", quote(selector))).as_u64().unwrap_or_default() as usize
    }

    /// Clicks the first element that matches, with the mouse.
    pub fn click(&self, selector: &str) {
        self.wait_for(selector);
        let clicked = wait(async {
            let element = self.page.find_element(selector).await?;
            element.scroll_into_view().await?;
            element.click().await.map(|_| ())
        });
        if let Err(error) = clicked {
            self.fail(&format!("{selector} cannot be clicked: {error}"));
        }
    }

    /// Clicks the first element that matches and shows the text.
    pub fn click_text(&self, selector: &str, text: &str) {
        self.wait_for_text(selector, text);
        let mark = format!(
            "(() => {{ document.querySelectorAll('[data-journey]').forEach(e => e.removeAttribute('data-journey'));
               [...document.querySelectorAll({})].find(e => e.innerText.includes({})).setAttribute('data-journey', ''); return true }})()",
            quote(selector),
            quote(text)
        );
        self.run(&mark);
        self.click("[data-journey]");
    }

    /// Clicks something that leads to another page and waits for that page.
    pub fn follow(&self, selector: &str) {
        self.run("window.__old = true");
        self.click(selector);
        self.arrive();
    }

    /// Clicks a text that leads to another page and waits for that page.
    pub fn follow_text(&self, selector: &str, text: &str) {
        self.run("window.__old = true");
        self.click_text(selector, text);
        self.arrive();
    }

    fn arrive(&self) {
        self.wait_until("another page is there", "!window.__old && document.readyState === 'complete'");
    }

    /// Empties a field and types into it.
    pub fn fill(&self, selector: &str, text: &str) {
        self.wait_for(selector);
        self.run(&format!("(() => {{ const e = document.querySelector({}); e.focus(); e.value = ''; return true }})()", quote(selector)));
        let typed = wait(self.page.execute(InsertTextParams::new(text)));
        if let Err(error) = typed {
            self.fail(&format!("{selector} cannot be filled: {error}"));
        }
        self.run(&format!("document.querySelector({}).dispatchEvent(new Event('change', {{bubbles: true}}))", quote(selector)));
    }

    /// Presses a key in an element.
    pub fn press(&self, selector: &str, key: &str) {
        let pressed = wait(async { self.page.find_element(selector).await?.press_key(key).await.map(|_| ()) });
        if let Err(error) = pressed {
            self.fail(&format!("{key} cannot be pressed in {selector}: {error}"));
        }
    }

    /// Chooses an option of a select by its value; sets any other field without typing (dates, for instance).
    pub fn choose(&self, selector: &str, value: &str) {
        self.wait_for(selector);
        self.run(&format!(
            "(() => {{ const e = document.querySelector({}); e.value = {}; e.dispatchEvent(new Event('input', {{bubbles: true}}));
               e.dispatchEvent(new Event('change', {{bubbles: true}})); return true }})()",
            quote(selector),
            quote(value)
        ));
        let chosen = self.run(&format!("document.querySelector({}).value", quote(selector)));
        if chosen != json!(value) {
            self.fail(&format!("{selector} has no value {value:?}, it is {chosen}"));
        }
    }

    /// Drags one element onto another with the mouse, in small steps as a hand does.
    pub fn drag(&self, from: &str, to: &str) {
        self.wait_for(from);
        self.wait_for(to);
        // Scripts make things draggable, and they come after the page.
        self.wait_until(&format!("{from} can be dragged"), &format!("!!document.querySelector({})?.draggable", quote(from)));
        let (start, end) = (self.middle(from), self.middle(to));
        self.run(
            "(() => { window.__over = null; document.addEventListener('dragover', (e) => { window.__over = e.target }); return true })()",
        );
        let moved = wait(async {
            let send = |kind, point: Point, held: i64| {
                let mut event = DispatchMouseEventParams::new(kind, point.x, point.y);
                event.button = Some(MouseButton::Left);
                event.buttons = Some(held);
                event.click_count = Some(1);
                self.page.execute(event)
            };
            send(DispatchMouseEventType::MouseMoved, start, 0).await?;
            send(DispatchMouseEventType::MousePressed, start, 1).await?;
            for step in 1..=12 {
                let part = f64::from(step) / 12.0;
                let point = Point { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part };
                send(DispatchMouseEventType::MouseMoved, point, 1).await?;
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
            // The page learns of a drag a moment after the mouse: the button is let go once it has seen where the hand is.
            let seen = format!("!!window.__over && !!document.querySelector({})?.contains(window.__over)", quote(to));
            let deadline = Instant::now() + DEADLINE;
            let mut aside = 1.0;
            while Instant::now() < deadline {
                let over = self.page.evaluate_expression(seen.as_str()).await.ok().and_then(|answer| answer.value().cloned());
                if over == Some(json!(true)) {
                    break;
                }
                send(DispatchMouseEventType::MouseMoved, Point { x: end.x + aside, y: end.y }, 1).await?;
                aside = -aside;
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
            send(DispatchMouseEventType::MouseReleased, end, 0).await.map(|_| ())
        });
        if let Err(error) = moved {
            self.fail(&format!("{from} cannot be dragged to {to}: {error}"));
        }
    }

    fn middle(&self, selector: &str) -> Point {
        let script = format!(
            "(() => {{ const e = document.querySelector({}); e.scrollIntoView({{block: 'nearest', inline: 'nearest'}});
               const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + Math.min(r.height / 2, 200)] }})()",
            quote(selector)
        );
        match self.run(&script) {
            Value::Array(point) if point.len() == 2 => {
                Point { x: point[0].as_f64().unwrap_or_default(), y: point[1].as_f64().unwrap_or_default() }
            }
            other => self.fail(&format!("{selector} has no place: {other}")),
        }
    }

    /// Lets pages load their scripts, or not: core flows must work without. (Switching the engine off would blind the harness, too.)
    pub fn scripts(&self, on: bool) {
        let pattern = BlockPattern::new("*://*:*/*.js", !on);
        if let Err(error) = wait(self.page.execute(SetBlockedUrLsParams::builder().url_pattern(pattern).build())) {
            self.fail(&format!("scripts cannot be switched: {error}"));
        }
    }

    /// Changes the width of the window, for instance to that of a telephone.
    pub fn resize(&self, width: i64, height: i64) {
        if let Err(error) = wait(self.page.execute(SetDeviceMetricsOverrideParams::new(width, height, 1.0, width < 500))) {
            self.fail(&format!("the window cannot be resized: {error}"));
        }
    }

    /// Writes the whole page to `target/screenshots/NAME.png` when `GUANXI_SCREENSHOTS=1`.
    pub fn screenshot(&self, name: &str) {
        if std::env::var("GUANXI_SCREENSHOTS").is_ok_and(|value| value == "1") {
            self.save_picture(name);
        }
    }

    fn save_picture(&self, name: &str) {
        let file = crate::binary::artefacts().join(format!("{name}.png"));
        let _ = wait(self.page.save_screenshot(ScreenshotParams::builder().full_page(true).build(), file));
    }

    /// Fails if anything went wrong in the page since the last step.
    pub fn check(&self) {
        let errors: Vec<String> = std::mem::take(&mut *self.errors.lock().expect("no listener panics"));
        if !errors.is_empty() {
            self.fail(&format!("the page complains: {}", errors.join("\n")));
        }
    }

    /// Waits until the page complains with these words, and lets that pass: something refused on purpose.
    pub fn expect_complaint(&self, words: &str) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            {
                let mut errors = self.errors.lock().expect("no listener panics");
                let before = errors.len();
                errors.retain(|error| !error.contains(words));
                if errors.len() < before {
                    return;
                }
            }
            if Instant::now() > deadline {
                self.fail(&format!("the page does not complain of {words:?}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn fail(&self, why: &str) -> ! {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("journey").replace("::", "-");
        self.save_picture(&format!("failed-{name}"));
        let seen = self.try_run("document.body ? document.body.innerText.slice(0, 1500) : ''");
        panic!(
            "while trying to {}: {why}\nat {}\nthe page shows:\n{}",
            self.step,
            self.try_run("location.href"),
            seen.as_str().unwrap_or("")
        );
    }

    /// The last look for errors, then the end.
    pub fn finish(mut self) {
        self.check();
        self.step = "close the browser".to_owned();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        wait(async {
            let _ = self.browser.close().await;
            let _ = self.browser.wait().await;
        });
        // Its helpers write for a moment longer than the browser lives.
        let deadline = Instant::now() + Duration::from_secs(3);
        while self.profile.exists() && Instant::now() < deadline {
            if std::fs::remove_dir_all(&self.profile).is_err() {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
}

/// A text as a literal of JavaScript; JSON is one.
fn quote(text: &str) -> String {
    Value::from(text).to_string()
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    ["chromium", "chromium-browser", "google-chrome", "chrome"]
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}
