//! Pushes come in while the loan source is asked, and while its answer is written: what is newer stays, and
//! whoever pushes is told the truth.

use std::cell::RefCell;

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use futures_util::future;
use serde_json::{Value, json};

use crate::{
    stand_in::{Gate, Says, patient, stand_in},
    support::{
        PHRASE, Person, World,
        telephone::Answer,
        world::{on_each_database, on_postgresql},
    },
};

on_each_database! {
    what_is_pushed_while_the_source_is_asked_is_newer_than_its_answer with patient(),
}
on_postgresql! {
    what_is_pushed_while_an_answer_is_written_is_not_closed_by_it with patient(),
    a_push_that_an_answer_overtook_is_told_so with patient(),
}

/// A client of this story and database alone, with a loan that the source has told of, an open
/// verification, and a minute gone since.
struct Scene {
    number: String,
    ticket: String,
    feed: Person,
    specialist: Person,
    loans: String,
}

fn loan(ticket: &str) -> Value {
    json!({"ticket_number": ticket, "product": "Алтын", "due_on": "2026-02-10",
        "balance": {"amount": "1.00", "currency": "KZT"}, "grace_days": 20})
}

impl Scene {
    async fn set(world: &World, story: &str) -> Self {
        let number = format!("{story}-{:?}-{}", world.kind, std::process::id());
        let (branch, specialist) = (
            world.staff("branch").await,
            world.staff("call_center").await,
        );
        let client = branch.client_with_phrase(world, &number).await;
        let ticket = format!("T1-{number}");
        let scene = Self {
            feed: world.loan_system().await,
            loans: String::new(),
            specialist,
            ticket,
            number,
        };
        stand_in().states(&scene.path(), json!({"loans": [loan(&scene.ticket)]}));
        let reply = scene.specialist.verify(&client, PHRASE).await.expect(201);
        assert_eq!(tickets(&reply), [scene.ticket.as_str()]);
        world.wait(TimeDelta::minutes(1));
        stand_in().states(&scene.path(), json!({"loans": []}));
        let loans = format!("/v1/verifications/{}/loans", reply.text("id"));
        Self { loans, ..scene }
    }

    fn path(&self) -> String {
        format!("clients/{}/loans", self.number)
    }

    fn push(&self, ticket: &str, as_of: &str) -> impl Future<Output = Answer> {
        let mut body = loan(ticket);
        let fields = body.as_object_mut().expect("an object");
        fields.remove("ticket_number");
        fields.insert("client_number".to_owned(), json!(self.number));
        fields.insert("status".to_owned(), json!("open"));
        fields.insert("as_of".to_owned(), json!(as_of));
        let path = format!("/v1/loan-system/loans/{ticket}");
        self.feed.put(&path, body).into_future()
    }

    fn read(&self) -> impl Future<Output = Answer> {
        self.specialist.get(&self.loans).into_future()
    }
}

fn tickets(answer: &Answer) -> Vec<&str> {
    let loans = answer["loans"].as_array().into_iter().flatten();
    loans
        .filter_map(|loan| loan["ticket_number"].as_str())
        .collect()
}

async fn what_is_pushed_while_the_source_is_asked_is_newer_than_its_answer(world: &World) {
    let scene = Scene::set(world, "asked").await;
    let gate = Gate::default();
    let empty = Says::Json(200, json!({"loans": []}).to_string());
    stand_in().says(&scene.path(), Says::After(gate.clone(), Box::new(empty)));
    let asked = stand_in().asked(&scene.path());
    let second = format!("T2-{}", scene.number);
    let push = async {
        while stand_in().asked(&scene.path()) == asked {
            actix_web::rt::task::yield_now().await;
        }
        // The source has been asked at 06:01:00; what it answers is of that moment, whenever it comes,
        // and what is pushed of that same moment is the later word.
        world.wait(TimeDelta::seconds(5));
        scene
            .push(&second, "2026-01-31T06:01:00Z")
            .await
            .expect(201);
        gate.open();
    };
    let (reply, ()) = future::join(scene.read(), push).await;
    assert_eq!(tickets(&reply.expect(200)), [second.as_str()]);
    let first = format!(
        "SELECT as_of FROM loans WHERE ticket_number = '{}'",
        scene.ticket
    );
    assert_eq!(world.database.number(&first), 1_769_839_260_000_000);
}

/// Lets nobody write an event, so that whoever has changed something stands still before the commit.
struct Standstill<'w> {
    world: &'w World,
    connection: RefCell<diesel::PgConnection>,
}

impl<'w> Standstill<'w> {
    fn of(world: &'w World) -> Self {
        let mut connection = world.database.postgres();
        let lock = "BEGIN; LOCK TABLE audit_events IN SHARE MODE";
        connection.batch_execute(lock).expect("the lock is free");
        let connection = RefCell::new(connection);
        Self { world, connection }
    }

    /// Comes back once somebody waits for a lock of these kinds.
    async fn until_somebody_waits(&self, kinds: &str) {
        let waiting = format!(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) \
             WHERE NOT granted AND datname = current_database() AND locktype IN ({kinds})"
        );
        while self.world.database.number(&waiting) == 0 {
            actix_web::rt::task::yield_now().await;
        }
    }

    /// One has written and cannot commit.
    async fn until_one_has_written(&self) {
        self.until_somebody_waits("'relation'").await;
    }

    /// Another waits for what the first has in hand.
    async fn until_another_waits(&self) {
        self.until_somebody_waits("'advisory', 'transactionid', 'tuple'")
            .await;
    }

    fn end(&self) {
        let ended = self.connection.borrow_mut().batch_execute("COMMIT");
        ended.expect("the lock is given back");
    }
}

async fn what_is_pushed_while_an_answer_is_written_is_not_closed_by_it(world: &World) {
    let scene = Scene::set(world, "written").await;
    let still = Standstill::of(world);
    let push = scene.push(&scene.ticket, "2026-01-31T06:01:30Z");
    let read = async {
        still.until_one_has_written().await;
        scene.read().await
    };
    let end = async {
        still.until_another_waits().await;
        still.end();
    };
    let (pushed, reply, ()) = future::join3(push, read, end).await;
    assert_eq!(pushed.expect(200)["applied"], true);
    assert_eq!(tickets(&reply.expect(200)), [scene.ticket.as_str()]);
}

async fn a_push_that_an_answer_overtook_is_told_so(world: &World) {
    let scene = Scene::set(world, "overtook").await;
    let still = Standstill::of(world);
    let read = scene.read();
    let push = async {
        still.until_one_has_written().await;
        scene.push(&scene.ticket, "2026-01-31T06:00:30Z").await
    };
    let end = async {
        still.until_another_waits().await;
        still.end();
    };
    let (reply, pushed, ()) = future::join3(read, push, end).await;
    assert_eq!(tickets(&reply.expect(200)), [""; 0]);
    assert_eq!(pushed.expect(200)["reason"], "stale");
}
