//! Subscriptions over a WebSocket, by the protocol graphql-transport-ws.

use std::{collections::HashMap, time::Duration};

use async_graphql::Response as Answer;
use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::HeaderMap,
    response::Response,
};
use futures_util::{
    StreamExt as _, future,
    stream::{self, AbortHandle, BoxStream, SelectAll},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::service::{Ended, Viewer};

use super::{
    Door, auth,
    document::Does,
    graphql::{Asked, Ready, charge, make_ready},
    news,
    refused::{Kind, Refused},
};

const PROTOCOL: &str = "graphql-transport-ws";

/// How long a client is still listened to after the goodbye, so that both sides hear it.
const DRAIN: Duration = Duration::from_secs(2);

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    ConnectionInit { payload: Option<Value> },
    Ping,
    Pong,
    Subscribe { id: String, payload: Value },
    Complete { id: String },
}

/// Why a socket is closed, by the codes of the protocol.
struct Goodbye(u16, &'static str);

/// Something of one subscription: an answer, or its end.
type News = (String, u64, Option<Answer>);

struct Socket {
    door: Door,
    web: WebSocket,
    /// Whoever was shown by a header.
    by_header: Option<Viewer>,
    viewer: Option<Viewer>,
    running: HashMap<String, (u64, AbortHandle)>,
    news: SelectAll<BoxStream<'static, News>>,
    begun: u64,
}

/// Answers `GET /graphql/ws`.
pub(super) async fn open(
    State(door): State<Door>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let turned_away = auth::turned_away(&door, &headers);
    if let Some(refused) = turned_away.or_else(|| auth::foreign_page(&door, &headers)) {
        return refused;
    }
    let by_header = match auth::authorization(&headers) {
        None => None,
        said => match auth::viewer_by(&door, said).await {
            Ok(viewer) => Some(viewer),
            Err(refused) => return refused,
        },
    };
    let Some(place) = news::place(&door) else { return news::no_place() };
    let most = door.tertius.limits().body_bytes_max;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(most).max_frame_size(most);
    upgrade.on_upgrade(async move |web| {
        let _until_it_ends = place;
        let (running, news) = (HashMap::new(), SelectAll::new());
        Socket { door, web, by_header, viewer: None, running, news, begun: 0 }.serve().await;
    })
}

impl Socket {
    async fn serve(mut self) {
        let ended = self.talk().await;
        self.running.clear();
        self.news.clear();
        if let Err(Goodbye(code, reason)) = ended {
            let frame = CloseFrame { code, reason: reason.into() };
            let _gone = self.web.send(Message::Close(Some(frame))).await;
        }
        let drained = async { while let Some(Ok(_)) = self.web.recv().await {} };
        let _in_time = timeout(DRAIN, drained).await;
    }

    /// Talks until the client goes, or has to.
    async fn talk(&mut self) -> Result<(), Goodbye> {
        if self.web.protocol().is_none() {
            return Err(Goodbye(4406, "the subprotocol is graphql-transport-ws"));
        }
        let limits = *self.door.tertius.limits();
        let silence = Duration::from_millis(limits.silence_ms_max);
        let hello = Instant::now() + Duration::from_millis(limits.hello_ms_max);
        let (mut heard, mut asked) = (Instant::now(), false);
        let mut access = news::checks(&self.door);
        loop {
            tokio::select! {
                message = self.web.recv() => {
                    (heard, asked) = (Instant::now(), false);
                    match message {
                        None | Some(Ok(Message::Close(_))) => return Ok(()),
                        Some(Ok(Message::Text(text))) => self.hear(&text).await?,
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Binary(_))) => return Err(Goodbye(4400, "send text")),
                        Some(Err(_)) => return Err(Goodbye(1009, "that cannot be read")),
                    }
                }
                Some(news) = self.news.next() => self.tell(news).await?,
                _ = access.tick() => self.may_stay().await?,
                () = sleep_until(hello), if self.viewer.is_none() => {
                    return Err(Goodbye(4408, "connection_init did not come in time"));
                }
                () = sleep_until(heard + silence / 2), if !asked => {
                    asked = true;
                    self.send(Message::Ping(Vec::new().into())).await?;
                }
                () = sleep_until(heard + silence) => {
                    return Err(Goodbye(4408, "nothing was heard for too long"));
                }
            }
        }
    }

    /// Says goodbye to whoever came in before and may no longer stay.
    async fn may_stay(&mut self) -> Result<(), Goodbye> {
        let come_in = self.viewer.clone().or_else(|| self.by_header.clone());
        let Some(viewer) = come_in else { return Ok(()) };
        match news::ended(&self.door, &viewer).await {
            None => Ok(()),
            Some(Ended::Token) => Err(Goodbye(4401, "the token is not valid any more")),
            Some(Ended::Rights) => Err(Goodbye(4403, "you may do less than when you came in")),
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Goodbye> {
        let said: Said = serde_json::from_str(text)
            .map_err(|_| Goodbye(4400, "that is no message of graphql-transport-ws"))?;
        match (said, self.viewer.clone()) {
            (Said::Ping, _) => self.say(&json!({ "type": "pong" })).await,
            (Said::Pong, _) => Ok(()),
            (Said::ConnectionInit { .. }, Some(_)) => {
                Err(Goodbye(4429, "Too many initialisation requests"))
            }
            (Said::ConnectionInit { payload }, None) => self.greet(payload.as_ref()).await,
            (_, None) => Err(Goodbye(4401, "Unauthorized")),
            (Said::Subscribe { id, payload }, Some(viewer)) => {
                self.subscribe(id, payload, viewer).await
            }
            (Said::Complete { id }, Some(_)) => {
                if let Some((_, running)) = self.running.remove(&id) {
                    running.abort();
                }
                Ok(())
            }
        }
    }

    async fn greet(&mut self, payload: Option<&Value>) -> Result<(), Goodbye> {
        let named = |name| payload.and_then(|payload| payload.get(name)).and_then(Value::as_str);
        let viewer = match (named("authorization").or(named("Authorization")), &self.by_header) {
            (None, Some(viewer)) => Ok(viewer.clone()),
            (said, _) => auth::viewer_by(&self.door, said).await,
        };
        self.viewer = Some(viewer.map_err(|_| Goodbye(4403, "Forbidden"))?);
        self.say(&json!({ "type": "connection_ack" })).await
    }

    async fn subscribe(
        &mut self,
        id: String,
        payload: Value,
        viewer: Viewer,
    ) -> Result<(), Goodbye> {
        if self.running.contains_key(&id) {
            return Err(Goodbye(4409, "there is a subscription of this id already"));
        }
        let Ok(asked) = Asked::of_json(payload) else {
            return Err(Goodbye(4400, "the payload of a subscription has a query"));
        };
        if id.is_empty() {
            return Err(Goodbye(4400, "a subscription has an id"));
        }
        let most = self.door.tertius.limits().subscriptions_max;
        let may_run = |ready: Ready| {
            if ready.does == Does::Subscription {
                return Ok((charge(&self.door, &viewer, &ready)?, ready));
            }
            let message = "queries and mutations are sent to /graphql by POST";
            Err(Refused::new(Kind::IllFormed, message))
        };
        let ready = if self.running.len() < most {
            make_ready(&self.door, asked).and_then(may_run)
        } else {
            let message = format!("{most} subscriptions run here, which is the most");
            Err(Refused::new(Kind::Busy, message))
        };
        let (charged, ready) = match ready {
            Ok(ready) => ready,
            Err(refused) => return self.refuse(&id, &refused.answer()).await,
        };
        self.begun += 1;
        let (nth, of) = (self.begun, id.clone());
        let (answers, handle) = stream::abortable(news::follow(&self.door, viewer, charged, ready));
        let end = stream::once(future::ready(None));
        let news = answers.map(Some).chain(end).map(move |answer| (of.clone(), nth, answer));
        self.news.push(news.boxed());
        self.running.insert(id, (nth, handle));
        Ok(())
    }

    async fn tell(&mut self, (id, nth, answer): News) -> Result<(), Goodbye> {
        if self.running.get(&id).is_none_or(|(running, _)| *running != nth) {
            return Ok(());
        }
        match answer {
            // It never began: what is wrong with it is its only answer.
            Some(answer) if answer.is_err() && answer.data == async_graphql::Value::Null => {
                self.running.remove(&id);
                self.refuse(&id, &answer).await
            }
            Some(answer) => self.say(&json!({ "id": id, "type": "next", "payload": answer })).await,
            None => {
                self.running.remove(&id);
                self.say(&json!({ "id": id, "type": "complete" })).await
            }
        }
    }

    async fn refuse(&mut self, id: &str, answer: &Answer) -> Result<(), Goodbye> {
        self.say(&json!({ "id": id, "type": "error", "payload": answer.errors })).await
    }

    async fn say(&mut self, message: &Value) -> Result<(), Goodbye> {
        self.send(Message::Text(message.to_string().into())).await
    }

    /// Sends, unless the client takes nothing any more.
    async fn send(&mut self, message: Message) -> Result<(), Goodbye> {
        let patience = Duration::from_millis(self.door.tertius.limits().silence_ms_max);
        tokio::select! {
            sent = self.web.send(message) => sent.map_err(|_| Goodbye(1001, "gone")),
            () = sleep(patience) => Err(Goodbye(1001, "nothing is taken any more")),
        }
    }
}
