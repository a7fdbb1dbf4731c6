//! What every page and endpoint gets: the engine, and how this server was started. Holds no rules.

use std::sync::{Arc, PoisonError, RwLock};

use crate::engine::Engine;

/// The state of the HTTP side. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What Guanxi does.
    pub engine: Arc<Engine>,
    /// Present only under `guanxi dev`: the login link and the clock that can be set.
    pub dev: Option<Arc<Dev>>,
    /// What `/readyz` answers.
    pub readiness: Readiness,
    /// True wherever the server is reached over https; then the session cookie is `__Host-gx` and `Secure`.
    pub secure: bool,
}

/// What exists only under `guanxi dev`.
#[derive(Clone, Debug)]
pub struct Dev {
    /// The tenant that the login link opens.
    pub tenant: String,
    /// The account that it logs in.
    pub email: String,
    /// Ends the address of the login link; random per start.
    pub secret: String,
}

/// Why the server is not ready yet; ready when nothing is left. Shared by all clones.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<RwLock<Vec<String>>>);

impl App {
    /// The session cookie's name: the `__Host-` prefix binds it to https, so plain HTTP on loopback has a name of its own.
    pub fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-gx" } else { "gx" }
    }

    /// A whole `Set-Cookie` value for a session; it ends with the browser or by the server's own limits.
    pub fn session_cookie(&self, value: &str) -> String {
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{}", self.cookie_name(), self.secure_attribute())
    }

    /// A `Set-Cookie` value that makes the browser forget the session.
    pub fn forget_cookie(&self) -> String {
        format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", self.cookie_name(), self.secure_attribute())
    }

    /// The session cookie's value in a `Cookie` header.
    pub fn find_cookie<'h>(&self, header: &'h str) -> Option<&'h str> {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.cookie_name())
            .map(|(_, value)| value)
    }

    fn secure_attribute(&self) -> &'static str {
        if self.secure { "; Secure" } else { "" }
    }
}

impl Readiness {
    /// Not ready for one reason.
    pub fn waiting_for(reason: &str) -> Self {
        Self(Arc::new(RwLock::new(vec![reason.to_owned()])))
    }

    /// Replaces the reasons; none means ready.
    pub fn set(&self, reasons: Vec<String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = reasons;
    }

    /// What is still missing, for an operator; empty when ready.
    pub fn reasons(&self) -> Vec<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
