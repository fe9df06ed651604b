"""What follows what: the whole loop on one screen.

ingest → propose → (a person corrects) → train → propose again → select
                 ↘ select           ↘ a round, when it is time ↗

Proposing again and ranking are steps of the round's own job, so that a killed worker's successor
does what is left of them.
"""

from typing import Any

from labeling import jobs, schema
from labeling.correct import accepting
from labeling.correct import services as correct
from labeling.export import linking
from labeling.ingest import hold_out
from labeling.models import Project
from labeling.models.job import JobKind
from mlbackend.guards import fast, sure
from mlbackend.guards import services as guards
from mlbackend.propose import services as propose
from mlbackend.select import closing
from mlbackend.select import services as select
from mlbackend.select.selectors import queue_hash
from mlbackend.train import services as train
from mlbackend.train import triggers
from mlbackend.train.used import used_videos


def connect() -> None:
    """Register every follow-on; called once at start-up, safe to call again."""
    jobs.done_handlers.update(
        {
            JobKind.INGEST: [propose_on_ingested],
            JobKind.PROPOSE: [rank_when_proposed],
            JobKind.TRAIN: [],
            JobKind.IMPORT: [rank_when_imported],
        }
    )
    linking.linker = link_boxes
    correct.decided_handlers[:] = [close_in_queue, note_lengths, start_when_reviewed]
    correct.notice_handlers[:] = [guards.planted_told]
    accepting.accept_guard = sure.unsure
    correct.undone_handlers[:] = [rank_when_undone]
    schema.moved_handlers[:] = [ask_nothing_of_gone]
    hold_out.known = known_of_videos
    hold_out.held_out_handlers[:] = [ask_nothing_of_hold_out]
    train.round_followers[:] = [("propose", propose_again), ("queue", rank_again)]


def propose_on_ingested(job: jobs.JobValue) -> None:
    """A new video gets proposals, unless the project or the sender says not to."""
    project = Project.objects.get(pk=job.project_id)
    wanted = job.params.get("propose", project.settings.get("propose_on_ingest", True))
    if wanted and job.video_id and not (job.result or {}).get("duplicate"):
        propose.propose_start(project_id=job.project_id, video_ids=[job.video_id])


def rank_when_proposed(job: jobs.JobValue) -> None:
    """New proposals are ranked once no other video of the project is being proposed on."""
    if not jobs.active(job.project_id, JobKind.PROPOSE):
        rank(job.project_id)


def rank_when_imported(job: jobs.JobValue) -> None:
    """People that a file brought, changed or removed are no longer asked about."""
    if (job.result or {}).get("revision"):
        rank(job.project_id)


def link_boxes(times_s: Any, boxes: Any, scores: Any) -> list[list[tuple[int, int]]]:
    """Boxes of a file without person ids become tubes by the project's linker."""
    from mlbackend.propose.link_sparse import link_sparse  # brings scipy

    return link_sparse(times_s, boxes, scores)


def rank_when_undone(project_id: int, tube_ids: list[str]) -> None:
    """Proposals that are open again are asked about again."""
    closing.items_reopen(project_id, tube_ids)
    rank(project_id)


def propose_again(done: train.Followed, progress: train.Progress) -> str:
    """A model put to use proposes anew where nobody has looked; else no proposal changes."""
    count, wanted = 0, []
    if done.promoted:
        count = propose.actions_propose(project_id=done.project_id, key=done.key, tell=progress)
    if done.segments_promoted:
        wanted = propose.segments_propose(project_id=done.project_id, key=done.key)
    return f"{count} actions proposed, {len(wanted)} videos searched for segments"


def rank_again(done: train.Followed, progress: train.Progress) -> str:
    """What is unreviewed is ranked anew, whichever model is in use."""
    progress(0.0, "Ranking what waits for a person.")
    rank(done.project_id)
    return queue_hash(done.project_id)


def rank(project_id: int) -> None:
    """The queue is made anew; then what guards against accepting without looking is put into it."""
    select.queue_rebuild(project_id)
    guards.guards_follow(project_id)


def start_when_reviewed(settled: correct.Settled) -> None:
    """So many minutes of reviewing, and a round starts by itself."""
    triggers.reviewed(settled.project_id)


def note_lengths(settled: correct.Settled) -> None:
    """How long a tube is tells whether it can have been looked at in the time it took."""
    accepted = settled.tubes if settled.at_once else ()
    fast.lengths_note(settled.project_id, settled.video_id, settled.author_id, accepted)
    sure.actions_ask(settled.project_id, settled.video_id, accepted)


def close_in_queue(settled: correct.Settled) -> None:
    """What a person has decided is no longer asked; what they took back is asked again."""
    closing.queue_close(settled)


def known_of_videos(project_id: int) -> hold_out.Known:
    """What models have to do with a project's videos, and which are open, for who draws."""
    found = used_videos(project_id)
    return hold_out.Known(found.trained_on, found.measured_on, found.open)


def ask_nothing_of_hold_out(project_id: int, video_ids: list[str]) -> None:
    """What is held out is never queried: items that wait there are closed with the same stroke."""
    for video_id in video_ids:
        select.queue_drop_video(video_id)


def ask_nothing_of_gone(project_id: int) -> None:
    """Proposals that went with a label are no longer asked about."""
    closing.items_of_gone_close(project_id)
