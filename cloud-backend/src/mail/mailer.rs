//! The mail service that letters are handed to. TLS is verified; without TLS it goes to this machine only (T-134).

use std::{net::IpAddr, time::Duration};

use carrel_ids::MailId;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        AsyncSmtpTransportBuilder,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use url::Url;

/// For each step of the conversation.
const STEP: Duration = Duration::from_secs(20);
/// For all of it: shorter than the time after which somebody else may try the same mail.
pub(super) const CONVERSATION: Duration = Duration::from_secs(45);

/// The settings do not make a mail service.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    #[error("CARREL_SMTP_URL is smtps://USER:PASSWORD@HOST:PORT or smtp+starttls://…; smtp:// only to this machine")]
    Url,
    #[error("CARREL_SMTP_URL without TLS may only lead to this machine")]
    NotEncrypted,
    #[error("CARREL_MAIL_FROM is an address, for example Carrel <carrel@example.org>")]
    From,
    #[error("CARREL_SMTP_CA_FILE holds no certificate")]
    Authority,
    #[error("no TLS set-up was possible")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// A mail was not taken, this time.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the mail cannot be written")]
    Message(#[from] lettre::error::Error),
    #[error("the recipient's address is not valid")]
    Recipient(#[from] lettre::address::AddressError),
    #[error("the mail service did not take it")]
    Smtp(#[from] lettre::transport::smtp::Error),
    #[error("the mail service did not answer in time")]
    Slow,
}

impl MailError {
    /// What may stand in a log: what the service said may hold addresses.
    pub(super) fn class(&self) -> String {
        match self {
            Self::Message(_) | Self::Recipient(_) => "not_sendable".to_owned(),
            Self::Slow => "no_answer".to_owned(),
            Self::Smtp(error) => match error.status() {
                Some(code) => format!("status_{code}"),
                None if error.is_tls() => "tls".to_owned(),
                None => "unreachable".to_owned(),
            },
        }
    }
}

/// One configured mail service.
#[derive(Clone)]
pub struct Mailer {
    service: AsyncSmtpTransportBuilder,
    from: Mailbox,
    /// For people: host and port.
    place: String,
}

impl std::fmt::Debug for Mailer {
    /// The builder holds the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Mailer {
    /// `password` takes the place of the URL's. `authority`: a certificate in PEM that is believed besides the system's.
    ///
    /// # Errors
    /// [`MailerError`] when a setting is of another form, or would send mail over a network in the clear.
    pub fn new(url: &str, from: &str, password: Option<&str>, authority: Option<&[u8]>) -> Result<Self, MailerError> {
        let url = Url::parse(url).map_err(|_| MailerError::Url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(MailerError::Url)?;
        let host = host.trim_matches(['[', ']']);
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(MailerError::Url);
        }
        let parameters = || tls_parameters(host, authority);
        let (default_port, tls) = match url.scheme() {
            "smtps" => (465, Tls::Wrapper(parameters()?)),
            "smtp+starttls" => (587, Tls::Required(parameters()?)),
            "smtp" if is_this_machine(host) => (25, Tls::None),
            "smtp" => return Err(MailerError::NotEncrypted),
            _ => return Err(MailerError::Url),
        };
        let port = url.port().unwrap_or(default_port);
        let from: Mailbox = from.parse().map_err(|_| MailerError::From)?;
        let mut service = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(port)
            .tls(tls)
            .timeout(Some(STEP))
            // Not the name of this machine, which is nobody's business.
            .hello_name(ClientId::Domain(from.email.domain().to_owned()));
        if !url.username().is_empty() {
            let decoded =
                |text: &str| percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_| MailerError::Url);
            let password =
                password.map_or_else(|| decoded(url.password().unwrap_or("")), |text| Ok(text.to_owned()))?;
            service = service.credentials(Credentials::new(decoded(url.username())?, password));
        }
        Ok(Self { service, from, place: format!("{host}:{port}") })
    }

    /// Host and port.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Signs in and says nothing.
    ///
    /// # Errors
    /// [`MailError`] when the service cannot be reached, is not whom it claims to be, or refuses the password.
    pub async fn probe(&self) -> Result<(), MailError> {
        let service = self.connect();
        let answer =
            tokio::time::timeout(CONVERSATION, service.test_connection()).await.map_err(|_| MailError::Slow)??;
        service.shutdown().await;
        if answer { Ok(()) } else { Err(MailError::Slow) }
    }

    /// Hands one mail over. `id` becomes its `Message-ID`: what arrives twice can be seen to be one.
    pub(super) async fn send(&self, id: MailId, recipient: &str, subject: &str, body: &str) -> Result<(), MailError> {
        let recipient: Address = recipient.parse()?;
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(subject)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            // No machine answers it.
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .singlepart(SinglePart::plain(body.to_owned()))?;
        let service = self.connect();
        let sent = tokio::time::timeout(CONVERSATION, service.send(mail)).await.map_err(|_| MailError::Slow)?;
        sent?;
        service.shutdown().await;
        Ok(())
    }

    /// A conversation of its own for each mail: there are few, and none waits for a connection that has gone stale.
    fn connect(&self) -> AsyncSmtpTransport<Tokio1Executor> {
        self.service.clone().build()
    }
}

fn tls_parameters(host: &str, authority: Option<&[u8]>) -> Result<TlsParameters, MailerError> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authority {
        parameters = parameters.add_root_certificate(Certificate::from_pem(pem).map_err(|_| MailerError::Authority)?);
    }
    parameters.build_rustls().map_err(MailerError::Tls)
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer(url: &str) -> Result<Mailer, MailerError> {
        Mailer::new(url, "Carrel <carrel@example.org>", None, None)
    }

    #[test]
    fn t_134_mail_leaves_this_machine_only_encrypted() {
        assert_eq!(mailer("smtps://u:p@mail.example.org").unwrap().place(), "mail.example.org:465");
        assert_eq!(mailer("smtp+starttls://mail.example.org").unwrap().place(), "mail.example.org:587");
        for local in ["smtp://localhost", "smtp://127.0.0.1", "smtp://[::1]:2525"] {
            assert!(mailer(local).is_ok(), "{local}");
        }
        for open in ["smtp://mail.example.org", "smtp://10.0.0.1", "smtp://localhost.example.org"] {
            assert!(matches!(mailer(open), Err(MailerError::NotEncrypted)), "{open}");
        }
        for wrong in
            ["", "mail.example.org", "http://mail.example.org", "smtps://", "smtps://h/path", "smtps://h?tls=none"]
        {
            assert!(matches!(mailer(wrong), Err(MailerError::Url)), "{wrong}");
        }
        assert!(matches!(Mailer::new("smtps://h", "nobody", None, None), Err(MailerError::From)));
        assert!(matches!(
            Mailer::new("smtps://h", "a@b.example\r\nBcc: c@d.example", None, None),
            Err(MailerError::From)
        ));
    }

    #[test]
    fn t_133_the_password_is_not_shown() {
        let shown = format!("{:?}", mailer("smtps://user:canary@mail.example.org").unwrap());
        assert!(shown.contains("mail.example.org:465") && !shown.contains("canary"), "{shown}");
    }
}
