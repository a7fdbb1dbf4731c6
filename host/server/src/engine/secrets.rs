//! Secrets: where they come from, what is kept of them, how they are compared. Passwords are in `passwords.rs`.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Outcome, Refusal};

/// Bytes of a secret that somebody could try to guess: 256 bits.
pub(super) const SECRET: usize = 32;

/// So many random bytes in hexadecimal.
pub(crate) fn random_hex(bytes: usize) -> Outcome<String> {
    let mut random = vec![0_u8; bytes];
    getrandom::fill(&mut random).map_err(|error| Refusal::internal(&error))?;
    Ok(hex(&random))
}

/// What is stored of a secret. It has 256 random bits, so one plain hash is enough.
pub(super) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Compares in constant time.
pub(super) fn matches(secret: &str, stored: &[u8]) -> bool {
    bool::from(hash(secret).ct_eq(stored))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_matches_its_own_hash_only() {
        let secret = random_hex(SECRET).expect("random");
        assert_eq!(secret.len(), 64);
        assert!(secret.bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(matches(&secret, &hash(&secret)));
        assert!(!matches(&secret[1..], &hash(&secret)) && !matches(&secret, &[]));
        assert_ne!(secret, random_hex(SECRET).expect("random"));
    }
}
