//! A worker takes parts of files from the scheduler and brings them, one after the other.

use std::io::Read;

use crate::network::{FileRequest, HttpClient, is_trustworthy};
use crate::{Control, Download, Edition, Error, Event, RequestedState};

use super::OnEvent;
use super::job::Task;
use super::scheduler::{Next, Scheduler, Written};

/// Brings parts until none is left, or the wish changes.
pub(super) fn work(
    download: &Download<'_>,
    edition: &Edition,
    scheduler: &Scheduler<'_>,
    client: &HttpClient,
    control: &Control,
    on_event: &OnEvent<'_>,
) {
    let _alarm = scheduler.alarm();
    let is_over = || control.requested() != RequestedState::Run || client.is_aborted();
    loop {
        let (task, result) = match scheduler.next(&is_over) {
            Next::Over => return,
            Next::Check(job) => {
                scheduler.check(job, &is_over, on_event);
                continue;
            }
            Next::Fetch(mut task) => {
                let environment = &download.environment;
                environment.wait(task.not_before.saturating_sub(environment.now()), control);
                let result = fetch(
                    download, edition, scheduler, client, control, on_event, &mut task,
                );
                (task, result)
            }
        };
        let failure = match result {
            Ok(()) | Err(Break::Stopped) => None,
            // Cut connections fail, too; that is nobody's fault.
            Err(Break::Failed(_)) if is_over() => None,
            Err(Break::Failed(error)) => Some(error),
        };
        for event in scheduler.give_back(&task, failure) {
            on_event(event);
        }
    }
}

/// Why a part did not come to its end.
enum Break {
    /// Nothing is wrong: the wish has changed, or the part is no longer wanted.
    Stopped,
    Failed(Error),
}

impl From<Error> for Break {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

fn fetch(
    download: &Download<'_>,
    edition: &Edition,
    scheduler: &Scheduler<'_>,
    client: &HttpClient,
    control: &Control,
    on_event: &OnEvent<'_>,
    task: &mut Task,
) -> Result<(), Break> {
    if control.requested() != RequestedState::Run {
        return Err(Break::Stopped);
    }
    let url = download.mirrors[task.mirror].address(edition, &task.file);
    if !task.is_known && !is_trustworthy(&url) {
        let detail = "what it should be is not published, and the address is not an https one";
        let detail = detail.into();
        return Err(Error::Wrong { url, detail }.into());
    }
    let of = task.of.clone();
    let range = (task.at, task.end);
    let mut answer = client.get(&FileRequest {
        url: &url,
        range,
        of: of.as_deref(),
    })?;
    if !scheduler.accept(task, &answer, &url)? {
        return Err(Break::Stopped);
    }
    let mut block = vec![0; scheduler.throttle.block()];
    while task.at < task.end {
        if control.requested() != RequestedState::Run {
            return Err(Break::Stopped);
        }
        download.network.ensure_on(&url)?;
        let most = block
            .len()
            .min(usize::try_from(task.end - task.at).unwrap_or(usize::MAX));
        let broke_off = |detail: String| Error::Unreachable {
            url: url.clone(),
            detail,
        };
        let n = match answer.body.read(&mut block[..most]) {
            Ok(0) => return Err(broke_off("the connection ended in the middle".into()).into()),
            Ok(n) => n,
            Err(error) => return Err(broke_off(error.to_string()).into()),
        };
        match scheduler.write(task, &block[..n])? {
            Written::Unwanted => return Err(Break::Stopped),
            Written::There(None) => {}
            Written::There(Some(progress)) => on_event(Event::Progress(progress)),
        }
        let pause = scheduler
            .throttle
            .take(n as u64, download.environment.now());
        download.environment.wait(pause, control);
    }
    Ok(())
}
