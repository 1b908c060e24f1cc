//! Who plays: staff of every role, clients, and how they come by a passphrase. Everybody comes in by
//! the public API.

use std::ops::Deref;

use serde_json::{Value, json};

use super::{
    telephone::{Answer, Line},
    world::{Instance, World},
};

/// A passphrase that is strong enough.
pub const PHRASE: &str = "лиловый якорь варит туман";
/// One that is wrong, and close to it.
pub const WRONG: &str = "лиловый якорь варит суп";

/// Somebody signed in. What a line can do, they can.
#[derive(Clone)]
pub struct Person {
    pub id: String,
    pub login: String,
    pub password: String,
    line: Line,
}

impl Deref for Person {
    type Target = Line;

    fn deref(&self) -> &Line {
        &self.line
    }
}

impl Person {
    /// The same person with the same token on another instance.
    pub fn at(&self, instance: &Instance) -> Self {
        Self {
            line: instance.line.with_token(self.token()),
            ..self.clone()
        }
    }

    /// The same person in another session.
    pub async fn again(&self, line: &Line) -> Self {
        let session = sign_in(line, &self.login, &self.password).await.expect(201);
        Self {
            line: line.with_token(&session.text("access_token")),
            ..self.clone()
        }
    }
}

/// Asks for a session.
pub async fn sign_in(line: &Line, login: &str, password: &str) -> Answer {
    let body = json!({"login": login, "password": password});
    line.post("/v1/sessions", body).await
}

/// Signs in with a one-time password and changes it.
pub async fn settle_in(line: &Line, login: &str, one_time: &str) -> Person {
    let session = sign_in(line, login, one_time).await.expect(201);
    let line = line.with_token(&session.text("access_token"));
    let password = format!("seven kettles for {}", login.len());
    let change = json!({"current_password": one_time, "new_password": password});
    line.post("/v1/staff/me/password", change).await.expect(204);
    Person {
        id: session["staff"]["id"].as_str().expect("an id").to_owned(),
        login: login.to_owned(),
        password,
        line,
    }
}

impl World {
    /// Enters staff of a role, who signs in and changes the one-time password.
    pub async fn staff(&self, role: &str) -> Person {
        let entered = self.enter_staff(role).await;
        let (login, password) = (entered.text("login"), entered.text("password"));
        settle_in(self.line(), &login, &password).await
    }

    /// Enters staff, or a service account, and no more.
    pub async fn enter_staff(&self, role: &str) -> Answer {
        let number = self.logins.replace_with(|number| *number + 1);
        let mut body = json!({"login": format!("w{number}"), "name": "Айгүл Серік", "role": role});
        if role == "branch" {
            if self.admin.get("/v1/branches").await.items().is_empty() {
                self.open_branch("ALA-1").await;
            }
            body["branch_code"] = json!("ALA-1");
        }
        self.admin.post("/v1/staff", body).await.expect(201)
    }

    /// The loan system with a token.
    pub async fn loan_system(&self) -> Person {
        let entered = self.enter_staff("loan_system").await;
        let (login, secret) = (entered.text("client_id"), entered.text("client_secret"));
        let token = ask_for_token(self.line(), &login, &secret)
            .await
            .expect(200);
        Person {
            id: entered.text("id"),
            line: self.line().with_token(&token.text("access_token")),
            login,
            password: secret,
        }
    }

    /// Somebody of any role.
    pub async fn anybody(&self, role: &str) -> Person {
        match role {
            "loan_system" => self.loan_system().await,
            person => self.staff(person).await,
        }
    }
}

/// Asks for a token by client credentials.
pub async fn ask_for_token(line: &Line, id: &str, secret: &str) -> Answer {
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let kind = "application/x-www-form-urlencoded";
    line.ask("POST", "/v1/oauth/token").body(kind, form).await
}

/// What a branch enters of a client.
pub fn somebody(number: &str) -> Value {
    json!({
        "client_number": number,
        "family_name": "Қасымова",
        "given_name": "Әсел",
        "patronymic": "Нұрланқызы",
        "phone": "+77012345667",
    })
}

impl Person {
    /// A branch enters a client; gives the id.
    pub async fn enter_client(&self, number: &str) -> String {
        self.post("/v1/clients", somebody(number))
            .await
            .expect(201)
            .text("id")
    }

    /// A branch drafts an application; gives the id.
    pub async fn draft(&self, client: &str) -> String {
        self.ask_to_draft(client).await.expect(201).text("id")
    }

    pub async fn ask_to_draft(&self, client: &str) -> Answer {
        let seen = json!({"kind": "identity_card", "seen": true});
        let body = json!({"client_id": client, "identity_document": seen});
        self.post("/v1/applications", body).await
    }

    /// A branch completes an application signed on `day`.
    pub async fn complete(&self, application: &str, day: &str, phrase: &str) -> Answer {
        let path = format!("/v1/applications/{application}/completion");
        let body = json!({"signed_on": day, "passphrase": phrase, "passphrase_repeat": phrase});
        self.post(&path, body).await
    }

    /// A branch registers a passphrase, on an application of today.
    pub async fn register(&self, world: &World, client: &str, phrase: &str) {
        let application = self.draft(client).await;
        let day = world.clock.now() + chrono::TimeDelta::hours(5);
        let day = day.date_naive().to_string();
        self.complete(&application, &day, phrase).await.expect(200);
    }

    /// A branch enters a client and registers [`PHRASE`]; gives the id.
    pub async fn client_with_phrase(&self, world: &World, number: &str) -> String {
        let client = self.enter_client(number).await;
        self.register(world, &client, super::PHRASE).await;
        client
    }

    /// A specialist types what was heard.
    pub async fn verify(&self, client: &str, phrase: &str) -> Answer {
        let body = json!({"client_id": client, "passphrase": phrase, "call_id": "call-1"});
        self.post("/v1/verifications", body).await
    }

    /// The same, for its outcome alone.
    pub async fn outcome(&self, client: &str, phrase: &str) -> String {
        self.verify(client, phrase)
            .await
            .expect(201)
            .text("outcome")
    }
}
