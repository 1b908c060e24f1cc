//! Demonstration data: branches, staff of every role, clients, loans in every standing and passphrases. All
//! of it is invented, and made by the same flows as real data, with their events.

mod cast;
#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use self::cast::{BRANCHES, CLIENTS, ClientPart, DemoPassphrase, LoanPart, STAFF, StaffPart};
use super::{
    Refusal,
    applications::{self, DraftRequest},
    complete_application::{self, Completion},
    first_run, passphrases, passwords, staff, sync,
};
use crate::{
    app::App,
    domain::{
        application::{IdentityDocument, Mandate, Representative},
        audit::{Action, Event, EventOutcome, Origin},
        calendar::business_day,
        id::{ClientId, StaffId},
        identifier::{BranchCode, ClientNumber, Login, TicketNumber},
        loan::{ClientRecord, LoanRecord},
        money::Money,
        passphrase::Passphrase,
        person::{Person, PersonName, Phone},
        role::{Actor, Administer, Feed, Permission, Proof, Register, Role, Staff, Verify},
        validation::ValidationError,
    },
};

/// A login and its secret.
pub struct DemoStaff {
    /// login, or client id
    pub login: &'static str,
    /// password, or client secret
    pub secret: String,
    /// role
    pub role: Role,
    /// their branch
    pub branch: Option<&'static str>,
}

/// A client, and what the caller has to know.
pub struct DemoClient {
    /// the company's number
    pub number: &'static str,
    /// names, family name first
    pub name: String,
    /// telephone
    pub phone: &'static str,
    /// the passphrase to say, and its state
    pub words: String,
    /// standings of the loans, by due date
    pub loans: Vec<&'static str>,
}

/// The demonstration data.
pub struct Demonstration {
    /// staff of every role
    pub staff: Vec<DemoStaff>,
    /// clients
    pub clients: Vec<DemoClient>,
    /// the number of the client whose draft can be printed and completed
    pub draft_for: &'static str,
}

/// Makes the demonstration data in an empty database.
///
/// # Errors
/// [`Refusal`], where the database or the hash workers fail.
pub async fn lay_out(app: &App) -> Result<Demonstration, Refusal> {
    let stage = Stage {
        app,
        origin: Origin::own("demo"),
        now: app.clock.now(),
        today: business_day(app.settings.time_zone, app.clock.now()),
    };
    let admin = stage.first_admin().await?;
    stage.open_branches(&admin).await?;
    let mut played = vec![DemoStaff {
        login: first_run::FIRST_LOGIN,
        secret: cast::ADMIN_PASSWORD.to_owned(),
        role: Role::Admin,
        branch: None,
    }];
    let mut actors = Vec::new();
    for part in STAFF {
        let (actor, secret) = stage.engage(&admin, part).await?;
        played.push(DemoStaff {
            login: part.login,
            secret,
            role: part.role,
            branch: part.branch,
        });
        actors.push(actor);
    }
    let mut clients = Vec::new();
    for part in CLIENTS {
        clients.push(stage.bring_in(&actors, part).await?);
    }
    stage.draft_one(&actors).await?;
    let done =
        Event::of_nobody(&stage.origin, stage.now, Action::DemoSeeded).outcome(EventOutcome::Made);
    app.store.record(done).await?;
    Ok(Demonstration {
        staff: played,
        clients,
        draft_for: cast::DRAFT_FOR,
    })
}

/// The context in which the data is made.
struct Stage<'a> {
    app: &'a App,
    origin: Origin,
    now: DateTime<Utc>,
    today: NaiveDate,
}

impl Stage<'_> {
    /// The first admin, made as at any first run, with a password of their own.
    async fn first_admin(&self) -> Result<Actor, Refusal> {
        let first = first_run::make_first_admin(self.app).await?;
        let one_time = first.ok_or(Refusal::Unknown)?;
        let login = login(first_run::FIRST_LOGIN)?;
        let found = self
            .app
            .store
            .read(move |reader| reader.staff_by_login(&login))
            .await?;
        let id = found.ok_or(Refusal::Unknown)?.id;
        let admin = actor(id, first_run::FIRST_LOGIN, Role::Admin, None);
        self.change_password(&admin, one_time, cast::ADMIN_PASSWORD)
            .await?;
        Ok(admin)
    }

    async fn change_password(
        &self,
        whose: &Actor,
        one_time: SecretString,
        password: &str,
    ) -> Result<(), Refusal> {
        let proof = proof::<Staff>(whose)?;
        let password = SecretString::from(password);
        passwords::change_own(self.app, &proof, &self.origin, one_time, password).await
    }

    async fn open_branches(&self, admin: &Actor) -> Result<(), Refusal> {
        let proof = proof::<Administer>(admin)?;
        for (code, name, city) in BRANCHES {
            let code = branch_code(code)?;
            let (name, city) = ((*name).to_owned(), Some((*city).to_owned()));
            staff::open_branch(self.app, &proof, &self.origin, code, name, city).await?;
        }
        Ok(())
    }

    /// Enters a member of staff with a fixed password; a service account keeps its generated secret.
    async fn engage(&self, admin: &Actor, part: &StaffPart) -> Result<(Actor, String), Refusal> {
        let entry = staff::NewAccount {
            login: login(part.login)?,
            name: part.name.to_owned(),
            role: part.role,
            branch_code: part.branch.map(branch_code).transpose()?,
        };
        let proof = proof::<Administer>(admin)?;
        let (row, made) = staff::enter(self.app, &proof, &self.origin, entry).await?;
        let actor = actor(row.id, part.login, part.role, part.branch);
        match part.password {
            Some(password) => {
                self.change_password(&actor, made.secret, password).await?;
                Ok((actor, password.to_owned()))
            }
            None => Ok((actor, made.secret.expose_secret().to_owned())),
        }
    }

    async fn bring_in(&self, actors: &[Actor], part: &ClientPart) -> Result<DemoClient, Refusal> {
        let person = Person {
            family_name: name(part.names[0])?,
            given_name: part.names.get(1).map(|text| name(text)).transpose()?,
            patronymic: part.names.get(2).map(|text| name(text)).transpose()?,
            phone: Phone::parse(part.phone).map_err(|error| in_cast("/phone", error))?,
        };
        let number =
            ClientNumber::parse(part.number).map_err(|error| in_cast("/client_number", error))?;
        let feed = playing::<Feed>(actors)?;
        let record = ClientRecord {
            client_number: number.clone(),
            person,
            as_of: self.now,
        };
        sync::take_client(self.app, &feed, &self.origin, record).await?;
        let mut loans = Vec::new();
        for loan in part.loans {
            let record = self.loan(&number, loan)?;
            sync::take_loan(self.app, &feed, &self.origin, record).await?;
            loans.push(loan.standing);
        }
        let id = self.client_id(&number).await?;
        match part.word {
            DemoPassphrase::None => {}
            DemoPassphrase::Active(words) => self.set(actors, &id, words).await?,
            DemoPassphrase::Blocked(words) => {
                self.set(actors, &id, words).await?;
                let proof = playing::<Verify>(actors)?;
                let reason = "the client asked for it";
                passphrases::block(self.app, &proof, &self.origin, &id, reason, None).await?;
            }
        }
        Ok(DemoClient {
            number: part.number,
            name: part.names.join(" "),
            phone: part.phone,
            words: part.word.shown(),
            loans,
        })
    }

    fn loan(&self, number: &ClientNumber, part: &LoanPart) -> Result<LoanRecord, Refusal> {
        let ticket_number =
            TicketNumber::parse(part.ticket).map_err(|error| in_cast("/ticket_number", error))?;
        let balance = Money::parse(part.balance, iso_currency::Currency::KZT)
            .map_err(|error| in_cast("/balance", error))?;
        Ok(LoanRecord {
            ticket_number,
            client_number: number.clone(),
            product: part.product.to_owned(),
            due_on: self.today + TimeDelta::days(part.due_in_days),
            balance,
            grace_days: part.grace_days,
            is_open: true,
            as_of: self.now,
        })
    }

    async fn client_id(&self, number: &ClientNumber) -> Result<ClientId, Refusal> {
        let number = number.clone();
        let found = self
            .app
            .store
            .read(move |reader| reader.client_id_by_number(&number))
            .await?;
        found.ok_or(Refusal::Unknown)
    }

    /// Sets a passphrase as a branch does: drafted, signed, completed.
    async fn set(
        &self,
        actors: &[Actor],
        client_id: &ClientId,
        words: &str,
    ) -> Result<(), Refusal> {
        let proof = playing::<Register>(actors)?;
        let draft = DraftRequest {
            client_id: client_id.to_owned(),
            identity_document: IdentityDocument::IdentityCard,
            representative: None,
        };
        let application = applications::draft(self.app, &proof, &self.origin, draft).await?;
        let entry = || {
            Passphrase::parse(Zeroizing::new(words.to_owned()))
                .map_err(|error| in_cast("/passphrase", error))
        };
        let completion = Completion {
            signed_on: business_day(self.app.settings.time_zone, self.app.clock.now()),
            passphrase: entry()?,
            repeat: entry()?,
        };
        complete_application::complete(
            self.app,
            &proof,
            &self.origin,
            &application.draft.id,
            completion,
        )
        .await?;
        Ok(())
    }

    /// A draft with a representative, to be printed and completed by whoever tries the service.
    async fn draft_one(&self, actors: &[Actor]) -> Result<(), Refusal> {
        let number = ClientNumber::parse(cast::DRAFT_FOR)
            .map_err(|error| in_cast("/client_number", error))?;
        let draft = DraftRequest {
            client_id: self.client_id(&number).await?,
            identity_document: IdentityDocument::Passport,
            representative: Some(Representative {
                full_name: name(cast::REPRESENTATIVE)?,
                mandate: Mandate::PowerOfAttorney,
                document_number: "1204".to_owned(),
                document_date: self.today - TimeDelta::days(30),
                valid_until: Some(self.today + TimeDelta::days(335)),
            }),
        };
        let proof = playing::<Register>(actors)?;
        applications::draft(self.app, &proof, &self.origin, draft).await?;
        Ok(())
    }
}

fn actor(id: StaffId, login: &str, role: Role, branch: Option<&str>) -> Actor {
    Actor {
        id,
        login: login.to_owned(),
        role,
        branch_code: branch.map(str::to_owned),
        session_id: "demo".into(),
    }
}

fn proof<D: Permission>(actor: &Actor) -> Result<Proof<D>, Refusal> {
    Proof::of(actor.clone()).ok_or(Refusal::Unknown)
}

/// The proof of the first member of staff whose role may.
fn playing<D: Permission>(actors: &[Actor]) -> Result<Proof<D>, Refusal> {
    actors
        .iter()
        .find_map(|actor| Proof::of(actor.clone()))
        .ok_or(Refusal::Unknown)
}

fn in_cast(pointer: &str, error: ValidationError) -> Refusal {
    Refusal::invalid(pointer, error)
}

fn login(text: &str) -> Result<Login, Refusal> {
    Login::parse(text).map_err(|error| in_cast("/login", error))
}

fn branch_code(text: &str) -> Result<BranchCode, Refusal> {
    BranchCode::parse(text).map_err(|error| in_cast("/branch_code", error))
}

fn name(text: &str) -> Result<PersonName, Refusal> {
    PersonName::parse(text).map_err(|error| in_cast("/name", error))
}
