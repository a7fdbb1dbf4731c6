//! Attachments: what is known about a stored file. The host alone makes them, together with the file, so their fields are closed; where the
//! file lies is kept beside the record and no field.

use super::{HostObject, closed, field, indexed, text, title};
use crate::meta::{Field, FieldKind, Label};

pub(super) fn attachment() -> HostObject {
    let fields = vec![
        closed(title("name", "文件名", "File name")),
        closed(text("content_type", "类型", "Content type")),
        closed(field("size", "字节数", "Bytes", FieldKind::Integer)),
        // Required, so that no attachment exists without its file.
        Field { required: true, ..closed(field("sha256", "校验值", "SHA-256", FieldKind::Text { max: 64 })) },
        indexed(field("about", "关于", "About", FieldKind::AnyReference)),
    ];
    HostObject::new("attachment", Label::new("附件", "Attachment"), "file", "name", fields)
}
