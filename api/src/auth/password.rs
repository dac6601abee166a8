//! Changing a password, getting a new one by mail, and showing that the mail is read.

use poem::Request;
use poem::web::cookie::CookieJar;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Deserialize;
use shared::config::Cookies;
use shared::sign_in::SignIns;
use shared::sign_in::password::MOST;

use super::post::Post;
use super::{SignedIn, email, new_password, no_store, session};
use crate::Tag;
use crate::caller::{Holder, origin};
use crate::json::Body;
use crate::problem::answer::{ByMail, ChangePassword as Refusals, Refused};
use crate::problem::{Code, Problem};

pub struct PasswordApi {
    pub sign_ins: SignIns,
    pub cookies: Cookies,
    pub post: Post,
}

/// The present password and another
#[derive(Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct ChangePassword {
    pub present_password: String,
    /// 10 to 200 characters
    pub new_password: String,
    /// Keep the new session's tokens in cookies
    #[serde(default)]
    #[oai(default)]
    pub cookies: bool,
}

impl Example for ChangePassword {
    fn example() -> Self {
        Self {
            present_password: "correct horse battery".into(),
            new_password: "staple the wrong horse".into(),
            cookies: false,
        }
    }
}

/// Whose password is forgotten
#[derive(Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct ForgotPassword {
    pub email: String,
}

impl Example for ForgotPassword {
    fn example() -> Self {
        Self { email: "dana@example.org".into() }
    }
}

/// The token of a mail, and another password
#[derive(Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct ResetPassword {
    pub token: String,
    /// 10 to 200 characters
    pub new_password: String,
}

impl Example for ResetPassword {
    fn example() -> Self {
        Self { token: "5f".repeat(48), new_password: "staple the wrong horse".into() }
    }
}

/// The token of a mail
#[derive(Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct VerifyEmail {
    pub token: String,
}

impl Example for VerifyEmail {
    fn example() -> Self {
        Self { token: "5f".repeat(48) }
    }
}

#[derive(ApiResponse)]
pub enum Asked {
    /// If there is such an account, a mail is on its way
    #[oai(status = 202)]
    Noted,
}

#[derive(ApiResponse)]
pub enum Done {
    /// It is done
    #[oai(status = 204)]
    Done,
}

#[OpenApi(prefix_path = "/auth", tag = "Tag::Accounts")]
impl PasswordApi {
    /// Change the password
    ///
    /// All sessions end, and a new one begins. API keys stay.
    #[oai(path = "/password/change", method = "post", operation_id = "change_password")]
    async fn change(
        &self,
        request: &Request,
        jar: &CookieJar,
        holder: Holder,
        body: Body<ChangePassword>,
    ) -> Result<SignedIn, Refused<Refusals>> {
        let ChangePassword { present_password, new_password: new, cookies } = body.0;
        let new = new_password(new)?;
        if present_password.chars().count() > MOST {
            let detail = "The present password is wrong.";
            return Err(Problem::new(Code::WrongCredentials, detail).into());
        }
        let account = holder.0.account;
        let origin = origin(request);
        let changed =
            self.sign_ins.change_password(account, present_password.into(), new.into(), &origin);
        let opened = changed.await?;
        let session = session(opened, cookies.then_some((jar, self.cookies)));
        Ok(SignedIn::In(Json(session), no_store()))
    }

    /// Ask for a new password
    ///
    /// The answer is the same, and takes as long, whether or not there is such an account.
    #[oai(path = "/password/forgot", method = "post", operation_id = "forget_password")]
    async fn forgot(
        &self,
        request: &Request,
        body: Body<ForgotPassword>,
    ) -> Result<Asked, Refused<ByMail>> {
        self.post.works()?;
        let email = email(&body.0.email)?;
        self.sign_ins.may_ask_for_mail(&email, &origin(request)).await?;
        self.post.reset(email);
        Ok(Asked::Noted)
    }

    /// Choose a new password
    ///
    /// With the token of the mail, which works once, within an hour. All sessions end.
    #[oai(path = "/password/reset", method = "post", operation_id = "reset_password")]
    async fn reset(
        &self,
        request: &Request,
        body: Body<ResetPassword>,
    ) -> Result<Done, Refused<ByMail>> {
        let new = new_password(body.0.new_password)?;
        self.sign_ins.reset_password(&body.0.token, new.into(), &origin(request)).await?;
        Ok(Done::Done)
    }

    /// Ask for the mail that verifies the address again
    #[oai(path = "/email/send", method = "post", operation_id = "send_verification")]
    async fn send_verification(
        &self,
        request: &Request,
        holder: Holder,
    ) -> Result<Asked, Refused<ByMail>> {
        self.post.works()?;
        let email = holder.0.account.email.ok_or_else(|| {
            let detail = "The account has no e-mail address.";
            Problem::new(Code::InvalidRequest, detail)
        })?;
        self.sign_ins.may_ask_for_mail(&email, &origin(request)).await?;
        self.post.verify(email);
        Ok(Asked::Noted)
    }

    /// Verify the e-mail address
    ///
    /// With the token of the mail, which works once, within three days.
    #[oai(path = "/email/verify", method = "post", operation_id = "verify_email")]
    async fn verify(
        &self,
        request: &Request,
        body: Body<VerifyEmail>,
    ) -> Result<Done, Refused<ByMail>> {
        self.sign_ins.verify_email(&body.0.token, &origin(request)).await?;
        Ok(Done::Done)
    }
}
