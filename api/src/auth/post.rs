//! Mail that answers wait for in no case: how long it takes must not tell whether there is an account.

use std::sync::Arc;

use shared::deps::Deps;
use shared::mail::Mailer;
use shared::sign_in::SignIns;
use shared::sign_in::mail_token::Purpose;
use tokio::sync::Semaphore;
use url::Url;

use crate::problem::{Code, Problem};

/// Mails on their way at once; more are not sent, and their readers ask again.
const AT_ONCE: usize = 16;

#[derive(Clone)]
pub struct Post {
    sign_ins: SignIns,
    way: Way,
    /// Where links lead.
    editor: Option<Url>,
    places: Arc<Semaphore>,
}

/// How mail goes out.
#[derive(Clone)]
enum Way {
    Server(Arc<Mailer>),
    Log,
    Off,
}

impl Post {
    pub fn new(deps: &Deps) -> Self {
        let way = match &deps.mailer {
            Some(mailer) => Way::Server(Arc::new(mailer.clone())),
            None if deps.mail_to_log => Way::Log,
            None => Way::Off,
        };
        Self {
            sign_ins: deps.sign_ins.clone(),
            way,
            editor: deps.editor.clone(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Whether mail goes out at all.
    pub fn works(&self) -> Result<(), Problem> {
        match self.way {
            Way::Server(_) | Way::Log => Ok(()),
            Way::Off => {
                let detail = "No mail server is set up here, so nothing can be sent.";
                Err(Problem::new(Code::MailOff, detail))
            }
        }
    }

    /// Asks whoever reads this address to say so. Nothing happens where no mail goes out.
    pub fn verify(&self, email: String) {
        self.send(email, Purpose::VerifyEmail);
    }

    /// Lets whoever reads this address choose another password.
    pub fn reset(&self, email: String) {
        self.send(email, Purpose::ResetPassword);
    }

    /// In the background, looking for the account included. A process that dies meanwhile sends nothing,
    /// and nothing else is lost.
    fn send(&self, email: String, purpose: Purpose) {
        if self.works().is_err() {
            return;
        }
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            tracing::warn!("too many mails are on their way: one was not sent");
            return;
        };
        let post = self.clone();
        tokio::spawn(async move {
            if let Err(error) = post.write(email, purpose).await {
                tracing::warn!(%error, cause = error.source(), "a mail was not sent");
            }
            drop(place);
        });
    }

    async fn write(
        &self,
        email: String,
        purpose: Purpose,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let Some(token) = self.sign_ins.mail_token(&email, purpose).await? else { return Ok(()) };
        let (subject, text) = letter(purpose, &token, self.editor.as_ref());
        match &self.way {
            Way::Server(mailer) => mailer.send(&email, subject, &text).await?,
            Way::Log => tracing::info!(mail.text = text, "a mail, which nothing here can send"),
            Way::Off => {}
        }
        Ok(())
    }
}

/// Subject and text.
fn letter(purpose: Purpose, token: &str, editor: Option<&Url>) -> (&'static str, String) {
    let (subject, page, what, how_long, otherwise) = match purpose {
        Purpose::ResetPassword => (
            "A new password for RoleReady",
            "reset-password",
            "Somebody, probably you, asked for a new password.",
            "an hour",
            "If it was not you, do nothing: your password stays as it is.",
        ),
        Purpose::VerifyEmail => (
            "Your e-mail address at RoleReady",
            "verify-email",
            "An account was made with this e-mail address.",
            "three days",
            "If it was not you, do nothing.",
        ),
    };
    let go_on = match link(editor, page, token) {
        Some(link) => format!("Go on here: {link}"),
        None => format!("Your token: {token}"),
    };
    let text = format!("{what}\n\n{go_on}\n\nIt works once, within {how_long}.\n{otherwise}\n");
    (subject, text)
}

/// The token stands behind `#`: browsers send that to nobody.
fn link(editor: Option<&Url>, page: &str, token: &str) -> Option<Url> {
    let mut link = editor?.clone();
    link.path_segments_mut().ok()?.pop_if_empty().push(page);
    link.set_fragment(Some(&format!("token={token}")));
    Some(link)
}

#[cfg(test)]
mod tests {
    use super::{Purpose, letter};

    #[test]
    fn a_letter_leads_to_the_editor_where_there_is_one() {
        let editor = "https://app.example.org/editor/".parse().unwrap();

        let (_, with) = letter(Purpose::ResetPassword, "abc", Some(&editor));
        let (_, without) = letter(Purpose::VerifyEmail, "abc", None);

        let link = "https://app.example.org/editor/reset-password#token=abc";
        assert!(with.contains(link), "{}", with);
        assert!(without.contains("Your token: abc"), "{}", without);
    }
}
