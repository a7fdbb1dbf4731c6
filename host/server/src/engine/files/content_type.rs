//! What a file is, by its first bytes. What its sender says does not count: browsers would show a page as a picture's neighbour.

/// How much of a file is looked at.
pub(super) const HEAD: usize = 8 * 1024;

/// The content type; `application/octet-stream` for what nobody knows.
pub(super) fn of_content(head: &[u8]) -> String {
    if is_drawing(head) {
        return "image/svg+xml".to_owned();
    }
    if let Some(found) = infer::get(head) {
        return found.mime_type().to_owned();
    }
    if is_text(head) { "text/plain; charset=utf-8" } else { "application/octet-stream" }.to_owned()
}

/// Pixel images that every browser shows, and PDF: everything else is downloaded. Drawings (SVG) and pages hold programs.
pub fn is_shown_inline(content_type: &str) -> bool {
    matches!(content_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf")
}

/// An SVG drawing, also behind a declaration or a comment.
fn is_drawing(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let start = text.trim_start_matches(|c: char| c == '\u{FEFF}' || c.is_whitespace());
    start.starts_with('<') && text.contains("<svg")
}

/// UTF-8 without control characters; the head may end within a character.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && head.len() >= HEAD => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{C}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        for (head, wanted, inline) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image/png", true),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg", true),
            (b"GIF89a\x01\0\x01\0", "image/gif", true),
            (b"%PDF-1.7\n", "application/pdf", true),
            (b"PK\x03\x04\x14\0\0\0", "application/zip", false),
            (b"<!DOCTYPE html><script>alert(1)</script>", "text/html", false),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml", false),
            (b"<?xml version='1.0'?>\n<!-- x --><SVG/>", "image/svg+xml", false),
            ("名称,数量\n件,3\n".as_bytes(), "text/plain; charset=utf-8", false),
            (b"\x00\x01\x02\x03", "application/octet-stream", false),
        ] {
            assert_eq!(of_content(head), wanted);
            assert_eq!(is_shown_inline(wanted), inline, "{wanted}");
        }
        let mut cut = vec![b'a'; HEAD - 1];
        cut.push("名".as_bytes()[0]);
        assert_eq!(of_content(&cut), "text/plain; charset=utf-8");
    }
}
