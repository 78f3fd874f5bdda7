//! Subscriptions: what happens, as it happens; here as server-sent events.

use std::{convert::Infallible, panic::AssertUnwindSafe, time::Duration};

use async_graphql::Response as Answer;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{Stream, StreamExt as _, future, stream};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Interval, MissedTickBehavior, interval},
};

use crate::{
    api::{self, RateLimit},
    service::{Ended, Viewer},
};

use super::{
    Door,
    graphql::{Ready, broke_down, coded, refusal},
    refused::{Kind, Refused},
};

/// The place of one who listens, if there is one left.
pub(super) fn place(door: &Door) -> Option<OwnedSemaphorePermit> {
    std::sync::Arc::clone(&door.listeners).try_acquire_owned().ok()
}

/// The answer to one for whom there is no place.
pub(super) fn no_place() -> Response {
    let message = "too many listen already; try again later";
    refusal(StatusCode::SERVICE_UNAVAILABLE, "BUSY", message)
}

/// What a subscription tells, until it ends.
pub(super) fn follow(
    door: &Door,
    viewer: Viewer,
    charged: RateLimit,
    ready: Ready,
) -> impl Stream<Item = Answer> + Send + 'static {
    let (request, into_order) = ready.into_parts();
    let request = api::request(&door.tertius, viewer, request.data(charged));
    door.counters.executed(charged.cost);
    let news = AssertUnwindSafe(door.schema.execute_stream(request)).catch_unwind();
    let door = door.clone();
    news.map(move |answer| match answer {
        Ok(mut answer) => {
            into_order(&mut answer.data);
            coded(&door, answer)
        }
        Err(_panic) => Refused::new(Kind::Internal, broke_down(&door)).answer(),
    })
}

/// When it is looked whether somebody who listens may still do so.
pub(super) fn checks(door: &Door) -> Interval {
    let every = door.tertius.limits().access_check_ms.max(1);
    let mut checks = interval(Duration::from_millis(every));
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    checks
}

/// Why somebody who listens may no longer do so, if so. Where the store does not answer, there is
/// no news either, and it is looked again.
pub(super) async fn ended(door: &Door, viewer: &Viewer) -> Option<Ended> {
    match door.tertius.ended(viewer).await {
        Ok(ended) => ended,
        Err(error) => {
            tracing::warn!(cause = ?error, "it could not be looked whether somebody may stay");
            None
        }
    }
}

/// Comes when a viewer may no longer listen.
async fn lost(door: Door, viewer: Viewer) {
    let mut checks = checks(&door);
    loop {
        checks.tick().await;
        if ended(&door, &viewer).await.is_some() {
            return;
        }
    }
}

/// Answers, as events, what was sent by GET or POST.
pub(super) fn as_events(door: &Door, viewer: Viewer, charged: RateLimit, ready: Ready) -> Response {
    let Some(place) = place(door) else { return no_place() };
    let next = |answer: Answer| {
        let text = serde_json::to_string(&answer).unwrap_or_default();
        Event::default().event("next").data(text)
    };
    let complete = stream::once(future::ready(Event::default().event("complete").data("")));
    let lost = Box::pin(lost(door.clone(), viewer.clone()));
    let events =
        follow(door, viewer, charged, ready).take_until(lost).map(next).chain(complete).map(
            move |event| {
                let _until_it_ends = &place;
                Ok::<_, Infallible>(event)
            },
        );
    let mut response = Sse::new(events).keep_alive(KeepAlive::default()).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
