//! `name.contains("A")`: the words are found in the field, as the search finds them.

use super::operand::{not_pushable, unknown_call};
use super::scope::Scope;
use super::{Expr, Syntax, SyntaxKind};
use crate::problem::Problem;
use crate::search::{Asked, searched};

pub(super) fn words(target: &Syntax, arguments: &[Syntax], position: usize, scope: Scope<'_>) -> Result<Expr, Problem> {
    let SyntaxKind::Path(names) = &target.kind else {
        return Err(not_pushable(target.position, "function", "`contains` stands behind a field: `name.contains(\"A\")`"));
    };
    let [Syntax { kind: SyntaxKind::Text(wanted), position: at }] = arguments else {
        return Err(unknown_call(true, "contains", arguments.first().map_or(position, |argument| argument.position)));
    };
    let path = scope.path(names).map_err(|problem| problem.at(target.position))?;
    let object = scope.bindings.schema.all().find(|object| object.key == path.object);
    let field = object.and_then(|object| object.fields.iter().find(|field| field.key == path.field));
    if field.and_then(searched).is_none() {
        let detail = format!("`{}` is not in the search, so it cannot be asked for words", path.text());
        return Err(not_pushable(target.position, "function", detail).with("name", "contains"));
    }
    if Asked::new(wanted).is_none() {
        let detail = "there is no letter and no digit to look for";
        return Err(Problem::error("field.type", detail).at(*at).on(path.text()).with("expected", "text"));
    }
    Ok(Expr::Words(vec![path], wanted.clone()))
}

#[cfg(test)]
mod tests {
    use super::super::sample::asked;

    #[test]
    fn words_are_asked_by_questions_only() {
        assert_eq!(asked("name.contains('张三 138')"), Ok("name holds \"张三 138\"".to_owned()));
        assert_eq!(
            asked("!notes.contains('a') && phone.contains('1234')"),
            Ok("(not notes holds \"a\" and phone holds \"1234\")".to_owned())
        );
        for (text, position) in [
            ("count.contains('1')", 1),
            ("name.contains(1)", 15),
            ("name.contains('a', 'b')", 15),
            ("name.contains(' .')", 15),
            ("'a'.contains('a')", 1),
        ] {
            assert_eq!(asked(text).expect_err(text), vec![position], "{text}");
        }
    }
}
