//! Stories: one text, told on both databases, each in a tenant of its own on a server they share.

use crate::api::Api;
use crate::server::{Db, Options, Server};
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The password of every administrator that a story makes.
pub const PASSWORD: &str = "correct horse battery staple";

/// A tenant that belongs to one story.
#[derive(Debug)]
pub struct Tenant {
    /// Its key.
    pub key: String,
    /// Acts as its administrator.
    pub admin: Api,
    /// The server it lives on, shared with other stories.
    pub server: &'static Server,
}

/// The shared server of this test process for that database.
pub fn shared(db: Db) -> Option<&'static Server> {
    static SQLITE: OnceLock<Option<Server>> = OnceLock::new();
    static POSTGRES: OnceLock<Option<Server>> = OnceLock::new();
    let server = match db {
        Db::Sqlite => &SQLITE,
        Db::Postgres => &POSTGRES,
    };
    server.get_or_init(|| Server::start(db, &Options::default())).as_ref()
}

/// A fresh tenant on the shared server, without plugins; nothing where the database is not installed.
pub fn tenant(db: Db) -> Option<Tenant> {
    static COUNTER: AtomicU32 = AtomicU32::new(1);
    let server = shared(db)?;
    let key = format!("t{}", COUNTER.fetch_add(1, Ordering::Relaxed));
    Some(Tenant::create(server, &key))
}

impl Tenant {
    /// Makes the tenant `key` beside the running server.
    pub fn create(server: &'static Server, key: &str) -> Tenant {
        let email = admin_email(key);
        let args = ["tenant", "create", key, "--name", &format!("Tenant {key}"), "--admin", &email, "--password-stdin"];
        server.cli_with_input(&args, &format!("{PASSWORD}\n")).expect(0);
        Tenant { key: key.to_owned(), admin: server.api(key, &email), server }
    }

    /// Enables a bundled plugin.
    pub fn enable(&self, plugin: &str) {
        self.server.cli(&["plugin", "enable", "--tenant", &self.key, plugin]).expect(0);
    }

    /// Disables a bundled plugin; its data stay.
    pub fn disable(&self, plugin: &str) {
        self.server.cli(&["plugin", "disable", "--tenant", &self.key, plugin]).expect(0);
    }

    /// Makes a user beside the running server and returns a client that acts as that user. The name is the part before the `@`.
    pub fn user(&self, email: &str, department: Option<&str>, roles: &[&str]) -> Api {
        let name = email.split('@').next().unwrap_or(email);
        let mut args = vec!["user", "create", "--tenant", &self.key, "--email", email, "--name", name];
        for role in roles {
            args.extend(["--role", role]);
        }
        if let Some(department) = department {
            args.extend(["--department", department]);
        }
        self.server.cli(&args).expect(0);
        self.server.api(&self.key, email)
    }

    /// The id of a user.
    pub fn user_id(&self, email: &str) -> String {
        let users = self.admin.list("user", &[("filter", &format!("email == \"{email}\""))]);
        assert_eq!(users.len(), 1, "one user has {email}: {users:?}");
        users[0]["id"].as_str().expect("a user has an id").to_owned()
    }

    /// Runs a command about this tenant.
    pub fn cli(&self, args: &[&str]) -> crate::server::Ran {
        self.server.cli(args)
    }

    /// Adds a custom field at run time.
    pub fn add_field(&self, object: &str, field: Value) -> Value {
        self.admin.post(&format!("/api/v1/objects/{object}/fields"), &field).expect(201).json
    }

    /// Creates several records in one unit and returns their ids.
    pub fn create_all(&self, object: &str, records: Vec<Value>) -> Vec<String> {
        let answer = self.admin.post(&format!("/api/v1/records/{object}"), &Value::Array(records)).expect(201);
        let created = answer.json["records"].as_array().unwrap_or_else(|| panic!("a batch answers records: {answer}"));
        created.iter().map(|record| record["id"].as_str().expect("a record has an id").to_owned()).collect()
    }

    /// How many records of an object the administrator sees, by aggregate.
    pub fn count(&self, object: &str, filter: &str) -> i64 {
        let groups = self.admin.groups(json!({"object": object, "filter": filter, "measures": [{"fn": "count"}]}));
        groups[0][1][0].as_i64().unwrap_or_else(|| panic!("a count is a number: {groups:?}"))
    }
}

/// The administrator of a tenant made by a story.
pub fn admin_email(key: &str) -> String {
    format!("admin@{key}.example")
}

/// Tells each named story, a `fn(&Tenant)`, on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! both {
    ($($story:ident),+ $(,)?) => {
        $(mod $story {
            #[test]
            fn sqlite() {
                $crate::story::tell($crate::server::Db::Sqlite, super::$story);
            }
            #[test]
            fn postgres() {
                $crate::story::tell($crate::server::Db::Postgres, super::$story);
            }
        })+
    };
}

/// Tells each named story, a `fn(Db)` that starts what it needs, on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! both_alone {
    ($($story:ident),+ $(,)?) => {
        $(mod $story {
            #[test]
            fn sqlite() {
                super::$story($crate::server::Db::Sqlite);
            }
            #[test]
            fn postgres() {
                super::$story($crate::server::Db::Postgres);
            }
        })+
    };
}

/// Runs one story in a tenant of its own; not at all (after saying so) where the database is not installed.
pub fn tell(db: Db, story: fn(&Tenant)) {
    if let Some(tenant) = tenant(db) {
        story(&tenant);
    }
}
