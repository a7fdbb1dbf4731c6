//! Passwords: argon2id, at most two at once, and as much work for an account that does not exist as for one that does.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use guanxi_core::Problem;

use super::{Engine, Outcome, Refusal};

/// The shortest password that a user may choose, in characters.
pub(super) const SHORTEST: usize = 8;
/// Longer ones are refused before they are hashed, or one request could keep a core busy.
const LONGEST: usize = 256;

/// A password that may be set.
pub(super) fn check(password: &str) -> Result<(), Problem> {
    let length = password.chars().count();
    if (SHORTEST..=LONGEST).contains(&length) {
        return Ok(());
    }
    let detail = format!("a password has {SHORTEST} to {LONGEST} characters, not {length}");
    Err(Problem::error("field.range", detail).on("password").with("min", SHORTEST as i64).with("max", LONGEST as i64))
}

impl Engine {
    /// The text to store for a password.
    pub(super) async fn hash_password(&self, password: &str) -> Outcome<String> {
        let password = password.to_owned();
        self.hashing(move || hash(&password)).await?.map_err(|error| Refusal::internal(&error))
    }

    /// Whether the password is the stored one. Without a stored one it is compared all the same, in vain.
    pub(super) async fn verify_password(&self, password: &str, stored: Option<String>) -> Outcome<bool> {
        let password = if password.chars().count() > LONGEST { String::new() } else { password.to_owned() };
        self.hashing(move || {
            let known = stored.is_some();
            let stored = stored.or_else(|| vain_hash().cloned()).unwrap_or_default();
            let parsed = PasswordHash::new(&stored);
            parsed.is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()) && known
        })
        .await
    }

    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
        let permit = self.hashing.acquire().await.map_err(|error| Refusal::internal(&error))?;
        let done = tokio::task::spawn_blocking(work).await.map_err(|error| Refusal::internal(&error));
        drop(permit);
        done
    }
}

fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    // The salt is random and made by the hasher; parameters are the crate's: 19 MiB, two passes.
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
}

/// The hash of nobody's password.
fn vain_hash() -> Option<&'static String> {
    static HASH: OnceLock<Option<String>> = OnceLock::new();
    HASH.get_or_init(|| hash("nobody has this password").ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (password, wanted) in [("1234567", false), ("12345678", true), ("密码密码密码密码", true), (&*"x".repeat(257), false)] {
            assert_eq!(check(password).is_ok(), wanted, "{password}");
        }
    }

    #[test]
    fn hashes_are_argon2id_and_salted() {
        let (first, second) = (hash("guanxi-demo").expect("hashed"), hash("guanxi-demo").expect("hashed"));
        assert!(first.starts_with("$argon2id$") && first != second);
        let verify =
            |password: &str| Argon2::default().verify_password(password.as_bytes(), &PasswordHash::new(&first).expect("a hash")).is_ok();
        assert!(verify("guanxi-demo") && !verify("guanxi-dem0"));
    }
}
