//! Whom a JWT lets in: the member whose login or address it names.

use std::sync::Arc;

use crate::{
    config::Oidc,
    model::{Login, Member},
    service::{NewMember, ServiceError, ServiceResult, Tertius, Viewer, tokens::TOKEN_PREFIX},
};

use super::{
    Documents, Issuer,
    jwt::{self, Identity, Why},
    keys::{NoKey, PEACE_MS},
};

impl Tertius {
    /// The same, which also lets members in by the JWTs of an issuer.
    #[must_use]
    pub fn trusting(mut self, oidc: Oidc, documents: Arc<dyn Documents>) -> Self {
        self.issuer = Some(Issuer::new(oidc, documents));
        self
    }

    /// Asks the issuer for its keys before anybody comes: how many there are, if it answers. Where
    /// it does not, the log says why, and it is asked again when somebody comes.
    pub async fn meet_issuer(&self) -> Option<usize> {
        let Issuer { oidc, ring } = self.issuer.as_ref()?;
        ring.fetch(oidc, &*self.clock).await
    }

    /// The viewer that a token, or a JWT of the issuer, lets in, if it is valid. What begins like
    /// our tokens is never looked at as a JWT, and no JWT begins so.
    ///
    /// # Errors
    /// `Forbidden` for whom the issuer knows and the team does not; `Busy` while the issuer's keys
    /// cannot be had; and when the store fails.
    pub async fn viewer_by_bearer(&self, secret: &str) -> ServiceResult<Option<Viewer>> {
        let Some(issuer) = self.issuer_of(secret) else {
            return self.viewer_by_token(secret).await;
        };
        let Some(identity) = self.identity_by(issuer, secret).await? else { return Ok(None) };
        self.viewer_called(&identity).await.map(Some)
    }

    /// Makes whoever has the secret of an open invitation a member, as
    /// [`accept_invitation`](Self::accept_invitation) does. Who shows a JWT of the issuer beside it
    /// comes in by such from then on: the address that it names becomes theirs. Nothing where that
    /// is not valid; a token of ours says nothing here.
    ///
    /// # Errors
    /// As `accept_invitation`; `Refused` also for an address of another member, and for another
    /// login than the one by which the issuer knows them; `Busy` while the issuer's keys cannot be
    /// had.
    pub async fn accept_invitation_as(
        &self,
        secret: &str,
        login: Option<&str>,
        bearer: Option<&str>,
    ) -> ServiceResult<Option<NewMember>> {
        let jwt = bearer.and_then(|bearer| Some((self.issuer_of(bearer)?, bearer)));
        let Some((issuer, jwt)) = jwt else {
            return self.accept_invitation(secret, login).await.map(Some);
        };
        let Some(identity) = self.identity_by(issuer, jwt).await? else { return Ok(None) };
        self.accept_known_as(secret, login, Some(&identity.name)).await.map(Some)
    }

    /// Whose JWT something may be: nobody's where it begins like our tokens.
    fn issuer_of(&self, bearer: &str) -> Option<&Issuer> {
        self.issuer.as_ref().filter(|_| !bearer.starts_with(TOKEN_PREFIX))
    }

    /// Of whom a JWT says who they are, if it is to be believed.
    async fn identity_by(&self, issuer: &Issuer, jwt: &str) -> ServiceResult<Option<Identity>> {
        let believed = async {
            let asked = jwt::asked(jwt, &issuer.oidc.algorithms).map_err(Doubt::Refused)?;
            let keys = issuer.ring.named(&asked.key, &issuer.oidc, &*self.clock).await;
            let keys = keys.map_err(|why| match why {
                NoKey::Unknown => Doubt::Refused(Why::UnknownKey),
                NoKey::Silent => Doubt::Silent,
            })?;
            let claims = jwt::proven(jwt, asked.algorithm, &keys).map_err(Doubt::Refused)?;
            jwt::identity(&claims, &issuer.oidc, self.clock.now()).map_err(Doubt::Refused)
        };
        match believed.await {
            Ok(identity) => Ok(Some(identity)),
            Err(Doubt::Refused(why)) => {
                tracing::info!("a JWT was refused: {why}");
                Ok(None)
            }
            Err(Doubt::Silent) => Err(ServiceError::Busy {
                reason: "the keys of the identity provider cannot be fetched",
                retry_after_ms: PEACE_MS as u64,
            }),
        }
    }

    async fn viewer_called(&self, identity: &Identity) -> ServiceResult<Viewer> {
        let members = self.store.all_members().await?.into_iter().map(|member| member.value);
        let mut named = members.filter(|member| is_called(member, &identity.name));
        let member = match (named.next(), named.next()) {
            (Some(member), None) if member.active => member,
            (found, other) => {
                let why = match (found, other) {
                    (_, Some(_)) => "several members have that address",
                    (Some(_), None) => "that member was deactivated",
                    (None, None) => "no member has that login or address",
                };
                tracing::info!("a JWT let nobody in: {why}");
                let message = "you are no member here (any more): ask a partner manager for an \
                               invitation, or an admin to add your address to your membership";
                return Err(ServiceError::Forbidden(message.to_owned()));
            }
        };
        let person = self.recorded().person(member.person);
        Ok(Viewer::until(&member, person, identity.ends_at))
    }
}

/// Why a JWT lets nobody in.
enum Doubt {
    Refused(Why),
    Silent,
}

/// Whether an issuer's name for somebody is a member's login, or their address.
fn is_called(member: &Member, name: &str) -> bool {
    match name.parse::<Login>() {
        Ok(login) => member.login == login,
        Err(_) => member.addresses.iter().any(|mine| mine.is_signed_in_as(name)),
    }
}
