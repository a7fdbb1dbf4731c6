//! What happens when a tool that a test needs is missing on this machine.

use std::io::Write;

/// True when a missing tool must fail the run instead of shortening it (`GUANXI_REQUIRE_ALL=1`, set by the gate).
pub fn everything_is_required() -> bool {
    std::env::var("GUANXI_REQUIRE_ALL").is_ok_and(|value| value == "1")
}

/// Says loudly that a test did not run and why; fails instead where everything is required.
///
/// It writes to the raw standard error, because the test runner swallows what passing tests print.
pub fn skip(what: &str, why: &str) {
    assert!(!everything_is_required(), "{what} could not run: {why} (GUANXI_REQUIRE_ALL=1 makes a skip a failure)");
    let _ = writeln!(std::io::stderr(), "\n*** SKIPPED {what}: {why}\n");
}
