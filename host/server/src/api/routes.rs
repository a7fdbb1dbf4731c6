//! The routes of the API, and their addresses as a list, so that a test can compare them with the document that describes them.

use axum::Router;
use axum::routing::MethodRouter;

use crate::app::App;

/// A router that remembers its addresses.
pub(super) struct Routes {
    router: Router<App>,
    paths: Vec<&'static str>,
}

impl Routes {
    /// No routes yet.
    pub(super) fn new() -> Self {
        Self { router: Router::new(), paths: Vec::new() }
    }

    /// Adds an address with what answers there. Every one also belongs into `openapi/operations`.
    pub(super) fn route(mut self, path: &'static str, answering: MethodRouter<App>) -> Self {
        self.router = self.router.route(path, answering);
        self.paths.push(path);
        self
    }

    /// The addresses, in the order in which they were added.
    #[cfg(test)]
    pub(super) fn paths(&self) -> &[&'static str] {
        &self.paths
    }

    /// The router itself.
    pub(super) fn into_router(self) -> Router<App> {
        self.router
    }
}
