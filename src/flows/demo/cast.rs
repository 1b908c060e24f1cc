//! The people of the demonstration. All of them are invented; their passwords and passphrases are printed
//! at the start.

use crate::domain::role::Role;

/// The first admin's password once the one-time one is changed.
pub(crate) const ADMIN_PASSWORD: &str = "birch-anvil-plover-31";

/// Branches: code, name, city.
pub(crate) const BRANCHES: &[(&str, &str, &str)] = &[
    ("ALA-1", "Абай даңғылы, 10", "Алматы"),
    ("AST-1", "Кенесары көшесі, 40", "Астана"),
];

/// A member of staff.
pub(crate) struct StaffPart {
    pub login: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub branch: Option<&'static str>,
    /// none for a service account, whose secret is always made
    pub password: Option<&'static str>,
}

/// All staff but the admin. Each step is taken by the first whose role may.
pub(crate) const STAFF: &[StaffPart] = &[
    StaffPart {
        login: "aigul",
        name: "Айгүл Серік",
        role: Role::CallCenter,
        branch: None,
        password: Some("copper-lantern-quail-58"),
    },
    StaffPart {
        login: "daniyar",
        name: "Данияр Оспан",
        role: Role::Branch,
        branch: Some("ALA-1"),
        password: Some("velvet-harbour-stork-17"),
    },
    StaffPart {
        login: "marina",
        name: "Марина Цой",
        role: Role::Branch,
        branch: Some("AST-1"),
        password: Some("amber-thicket-heron-94"),
    },
    StaffPart {
        login: "saule",
        name: "Сәуле Ахмет",
        role: Role::Supervisor,
        branch: None,
        password: Some("gravel-sunrise-finch-26"),
    },
    StaffPart {
        login: "oleg",
        name: "Олег Тен",
        role: Role::Auditor,
        branch: None,
        password: Some("walnut-meadow-crane-73"),
    },
    StaffPart {
        login: "loans-feed",
        name: "Loan system",
        role: Role::LoanSystem,
        branch: None,
        password: None,
    },
];

/// A client's passphrase.
#[derive(Clone, Copy)]
pub(crate) enum DemoPassphrase {
    None,
    Active(&'static str),
    Blocked(&'static str),
}

impl DemoPassphrase {
    /// The state as the printed table shows it.
    pub(crate) fn shown(self) -> String {
        match self {
            Self::None => "(none yet)".to_owned(),
            Self::Active(words) => words.to_owned(),
            Self::Blocked(words) => format!("{words} (blocked)"),
        }
    }
}

/// A loan; its due date is given in days from today.
pub(crate) struct LoanPart {
    pub ticket: &'static str,
    pub product: &'static str,
    pub due_in_days: i64,
    pub balance: &'static str,
    pub grace_days: Option<u32>,
    /// its standing today, which a test checks
    pub standing: &'static str,
}

/// A client.
pub(crate) struct ClientPart {
    pub number: &'static str,
    /// family name, given name, patronymic
    pub names: &'static [&'static str],
    pub phone: &'static str,
    pub word: DemoPassphrase,
    pub loans: &'static [LoanPart],
}

/// The client who has an open draft, and the representative.
pub(crate) const DRAFT_FOR: &str = "K-000104";
pub(crate) const REPRESENTATIVE: &str = "Жанар Бекова";

/// The clients.
pub(crate) const CLIENTS: &[ClientPart] = &[
    ClientPart {
        number: "K-000101",
        names: &["Қасымова", "Әсел", "Нұрланқызы"],
        phone: "+77000000101",
        word: DemoPassphrase::Active("көгілдір шайнек тырна"),
        loans: &[
            LoanPart {
                ticket: "ЗБ-000451",
                product: "Алтын",
                due_in_days: -5,
                balance: "125000.00",
                grace_days: Some(20),
                standing: "in_grace",
            },
            LoanPart {
                ticket: "ЗБ-000467",
                product: "Техника",
                due_in_days: 0,
                balance: "48500.50",
                grace_days: Some(10),
                standing: "due_today",
            },
            LoanPart {
                ticket: "ЗБ-000502",
                product: "Алтын",
                due_in_days: 12,
                balance: "210000.00",
                grace_days: Some(20),
                standing: "current",
            },
        ],
    },
    ClientPart {
        number: "K-000102",
        names: &["Тілеубаев", "Ерлан", "Маратұлы"],
        phone: "+77000000102",
        word: DemoPassphrase::Active("жеті күміс қоңырау"),
        loans: &[
            LoanPart {
                ticket: "ЗБ-000388",
                product: "Көлік",
                due_in_days: -25,
                balance: "1350000.00",
                grace_days: Some(10),
                standing: "grace_expired",
            },
            LoanPart {
                ticket: "ЗБ-000420",
                product: "Техника",
                due_in_days: -3,
                balance: "32000.00",
                grace_days: None,
                standing: "overdue",
            },
        ],
    },
    ClientPart {
        number: "K-000103",
        names: &["Ким", "Виктория"],
        phone: "+77000000103",
        word: DemoPassphrase::Blocked("медный чайник журавль"),
        loans: &[LoanPart {
            ticket: "ЗБ-000511",
            product: "Золото",
            due_in_days: 20,
            balance: "76000.00",
            grace_days: Some(20),
            standing: "current",
        }],
    },
    ClientPart {
        number: DRAFT_FOR,
        names: &["Петров", "Андрей", "Сергеевич"],
        phone: "+77000000104",
        word: DemoPassphrase::None,
        loans: &[LoanPart {
            ticket: "ЗБ-000519",
            product: "Золото",
            due_in_days: 27,
            balance: "154300.00",
            grace_days: Some(20),
            standing: "current",
        }],
    },
];
