//! Roles, passwords, sessions, tokens.

use chrono::TimeDelta;
use guanxi_core::policy::{Role, host_roles};
use guanxi_store::{Session, StoreError, Stores, Token, ViolationKind};

use crate::support::on_both_databases;
use crate::{at, make, user};

#[tokio::test]
async fn roles_and_passwords() {
    on_both_databases(async |stores: Stores| {
        let store = make(&stores, "demo").await;
        let start = store.revisions().await.unwrap();
        let mut wanted: Vec<Role> = host_roles();
        wanted.sort_by(|a, b| a.key.cmp(&b.key));
        for role in &wanted {
            store.put_role(role).await.unwrap();
        }
        assert_eq!(store.list_roles().await.unwrap(), wanted);
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        store.set_user_roles(user(1), &keys(&["salesperson", "manager", "manager"])).await.unwrap();
        store.set_user_roles(user(2), &keys(&["administrator"])).await.unwrap();
        assert_eq!(store.user_roles(user(1)).await.unwrap(), ["manager", "salesperson"]);
        assert_eq!(store.all_user_roles().await.unwrap().len(), 2);

        let refused = store.set_user_roles(user(1), &keys(&["nobody"])).await;
        assert!(matches!(refused, Err(StoreError::Violation(v)) if v.kind == ViolationKind::ForeignKey));
        assert_eq!(store.user_roles(user(1)).await.unwrap(), ["manager", "salesperson"]);

        assert!(store.delete_role("manager").await.unwrap());
        assert!(!store.delete_role("manager").await.unwrap());
        assert_eq!(store.user_roles(user(1)).await.unwrap(), ["salesperson"]);
        store.set_user_roles(user(2), &[]).await.unwrap();
        assert!(store.user_roles(user(2)).await.unwrap().is_empty());
        let end = store.revisions().await.unwrap();
        assert_eq!((end.meta, end.access), (start.meta, start.access + 5 + wanted.len() as i64));

        assert_eq!(store.find_credential(user(1)).await.unwrap(), None);
        store.set_credential(user(1), "one", at(1)).await.unwrap();
        store.set_credential(user(1), "two", at(2)).await.unwrap();
        let found = store.find_credential(user(1)).await.unwrap().unwrap();
        assert_eq!((found.password_hash.as_str(), found.changed_at), ("two", at(2)));
    })
    .await;
}

#[tokio::test]
async fn sessions_end_by_time_idleness_and_hand() {
    on_both_databases(async |stores: Stores| {
        let store = make(&stores, "demo").await;
        let session = |id: u8, seconds: i64| Session {
            id_hash: vec![id; 32],
            user: user(1),
            csrf: "token".into(),
            created_at: at(seconds),
            last_seen_at: at(seconds),
            expires_at: at(seconds + 1000),
            locale: None,
            theme: Some("dark".into()),
            viewing: None,
        };
        let idle = TimeDelta::seconds(300);
        for id in 1..=3 {
            store.create_session(&session(id, 0)).await.unwrap();
        }
        assert_eq!(store.find_session(&[1; 32], idle, at(299)).await.unwrap(), Some(session(1, 0)));
        assert_eq!(store.find_session(&[1; 32], idle, at(300)).await.unwrap(), None);
        store.touch_session(&session(1, 0), at(59)).await.unwrap();
        assert_eq!(store.find_session(&[1; 32], idle, at(300)).await.unwrap(), None);
        store.touch_session(&session(1, 0), at(290)).await.unwrap();
        assert_eq!(store.find_session(&[1; 32], idle, at(400)).await.unwrap().unwrap().last_seen_at, at(290));
        store.touch_session(&session(1, 0), at(900)).await.unwrap();
        assert_eq!(store.find_session(&[1; 32], idle, at(1000)).await.unwrap(), None);
        store.set_session_look(&[1; 32], Some("en"), None).await.unwrap();
        let look = store.find_session(&[1; 32], idle, at(950)).await.unwrap().unwrap();
        assert_eq!((look.locale.as_deref(), look.theme), (Some("en"), None));

        let start = store.revisions().await.unwrap().access;
        assert!(store.delete_session(&[2; 32]).await.unwrap());
        assert!(!store.delete_session(&[2; 32]).await.unwrap());
        assert_eq!(store.delete_sessions_of(user(1), Some(&[1; 32])).await.unwrap(), 1);
        assert_eq!(store.revisions().await.unwrap().access, start + 2);
        store.create_session(&session(4, 700)).await.unwrap();
        assert_eq!(store.sweep_sessions(idle, at(1000)).await.unwrap(), 2);
        assert_eq!(store.sweep_sessions(idle, at(1000)).await.unwrap(), 0);

        let subjects = ["account:a".to_owned(), "address:1".to_owned()];
        store.add_login_failure(&subjects[..1], at(1)).await.unwrap();
        store.add_login_failure(&subjects, at(2)).await.unwrap();
        let mut found = store.login_failures(&subjects).await.unwrap();
        found.sort_by(|a, b| a.subject.cmp(&b.subject));
        let counts: Vec<_> = found.iter().map(|f| (f.failures, f.last_at)).collect();
        assert_eq!(counts, [(2, at(2)), (1, at(2))]);
        store.clear_login_failures(&subjects[..1]).await.unwrap();
        assert_eq!(store.sweep_login_failures(at(3)).await.unwrap(), 1);
        assert!(store.login_failures(&subjects).await.unwrap().is_empty());
        assert!(store.login_failures(&[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn tokens_are_kept_touched_and_revoked() {
    on_both_databases(async |stores: Stores| {
        let store = make(&stores, "demo").await;
        let token = |id: &str, roles: Option<Vec<String>>, expires: Option<i64>| Token {
            id: id.into(),
            name: "nightly".into(),
            user: user(1),
            secret_hash: vec![7; 32],
            roles,
            created_at: at(0),
            expires_at: expires.map(at),
            last_used_at: None,
            revoked_at: None,
        };
        let (one, two) = (token("one", Some(vec!["manager".into()]), Some(100)), token("two", None, None));
        store.create_token(&one).await.unwrap();
        store.create_token(&two).await.unwrap();
        let twice = store.create_token(&two).await.unwrap_err();
        let violation = twice.unique_violation().expect("a unique violation");
        assert!(violation.columns == ["id"] || violation.constraint.as_deref() == Some("gx_token_pkey"), "{violation}");
        assert_eq!(violation.table.as_deref(), Some("gx_token"));

        assert_eq!(store.find_token("one").await.unwrap(), Some(one.clone()));
        assert_eq!(store.list_tokens(Some(user(1))).await.unwrap(), [one.clone(), two.clone()]);
        assert!(store.list_tokens(Some(user(2))).await.unwrap().is_empty());
        assert!(one.is_live(at(99)) && !one.is_live(at(100)) && two.is_live(at(100)));

        store.touch_token(&two, at(10)).await.unwrap();
        let used = store.find_token("two").await.unwrap().unwrap();
        assert_eq!(used.last_used_at, Some(at(10)));
        store.touch_token(&used, at(69)).await.unwrap();
        assert_eq!(store.find_token("two").await.unwrap().unwrap().last_used_at, Some(at(10)));

        let start = store.revisions().await.unwrap().access;
        assert!(store.revoke_token("two", at(20)).await.unwrap());
        assert!(!store.revoke_token("two", at(21)).await.unwrap());
        assert!(!store.find_token("two").await.unwrap().unwrap().is_live(at(21)));
        assert_eq!(store.revisions().await.unwrap().access, start + 1);
        assert_eq!(store.sweep_tokens(at(200)).await.unwrap(), 2);
        assert!(store.list_tokens(None).await.unwrap().is_empty());
    })
    .await;
}
