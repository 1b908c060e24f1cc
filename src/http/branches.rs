//! Branches.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    extract::{Body, Call, Fields, Guard, Query},
    openapi::values,
    paging::{List, PageBody, Paging},
    problem::Problem,
    shapes::line,
};
use crate::{
    domain::{calendar::write_time, identifier::BranchCode, role::Administer},
    flows::staff,
    store::BranchRow,
};

/// A branch to be opened.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBranchBody {
    /// its code
    #[schema(required = true, value_type = values::BranchCode)]
    pub code: Option<String>,
    /// its name
    #[validate(length(max = 200))]
    #[schema(required = true, value_type = values::Line)]
    pub name: Option<String>,
    /// its city
    #[validate(length(max = 200))]
    #[schema(value_type = Option<values::Line>)]
    pub city: Option<String>,
}

/// A branch.
#[derive(Serialize, ToSchema)]
pub(crate) struct BranchBody {
    /// its code
    #[schema(example = "ALA-1")]
    pub code: String,
    /// its name
    #[schema(example = "Алматы, Абай даңғылы")]
    pub name: String,
    /// its city
    #[schema(required = true, example = "Алматы")]
    pub city: Option<String>,
    /// since when it is known
    #[schema(value_type = String, format = DateTime)]
    pub created_at: String,
}

impl From<BranchRow> for BranchBody {
    fn from(branch: BranchRow) -> Self {
        Self {
            code: branch.code,
            name: branch.name,
            city: branch.city,
            created_at: write_time(branch.created_at),
        }
    }
}

/// Opens a branch.
#[utoipa::path(
    post,
    path = "/v1/branches",
    tag = "branches",
    operation_id = "open_branch",
    request_body = NewBranchBody,
    responses((status = 201, description = "Opened", body = BranchBody)),
)]
pub(crate) async fn open_branch(
    guard: Guard<Administer>,
    call: Call,
    Body(body): Body<NewBranchBody>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::of(&body);
    let code = fields.required("/code", body.code, |text| BranchCode::parse(&text));
    let name = fields.required("/name", body.name, line);
    let city = fields.optional("/city", body.city, line);
    let (code, name) = fields.finish(code.zip(name))?;
    let branch = staff::open_branch(&call.app, &guard, &call.origin, code, name, city).await?;
    Ok(HttpResponse::Created().json(BranchBody::from(branch)))
}

/// Lists branches.
#[utoipa::path(
    get,
    path = "/v1/branches",
    tag = "branches",
    operation_id = "list_branches",
    params(Paging),
    responses((status = 200, description = "A page of branches", body = PageBody<BranchBody>)),
)]
pub(crate) async fn list_branches(
    guard: Guard<Administer>,
    call: Call,
    list: List,
    Query(paging): Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let (limit, after) = paging.parse(&list)?;
    let page = staff::list_branches(&call.app, &guard, after, limit).await?;
    Ok(HttpResponse::Ok().json(PageBody::of(&list, page, BranchBody::from)))
}
