"""What follows what: the whole loop on one screen.

ingest → propose → (a person corrects) → train → propose again → select
                 ↘ select                        ↗
"""

from typing import Any

from labeling import jobs
from labeling.correct import services as correct
from labeling.domain.errors import TubelabError
from labeling.export import linking
from labeling.models import Project
from labeling.models.job import JobKind
from mlbackend.propose import services as propose
from mlbackend.select import services as select
from mlbackend.train import services as train


def connect() -> None:
    """Register every follow-on; called once at start-up, safe to call again."""
    jobs.done_handlers.update(
        {
            JobKind.INGEST: [propose_on_ingested],
            JobKind.PROPOSE: [rank_when_proposed],
            JobKind.TRAIN: [propose_again_when_promoted],
            JobKind.IMPORT: [rank_when_imported],
        }
    )
    linking.linker = link_boxes
    correct.decided_handlers[:] = [close_in_queue]
    correct.undone_handlers[:] = [rank_when_undone]
    train.champion_handlers[:] = [propose_again_with_champion]


def propose_on_ingested(job: jobs.JobValue) -> None:
    """A new video gets proposals, unless the project or the sender says not to."""
    project = Project.objects.get(pk=job.project_id)
    wanted = job.params.get("propose", project.settings.get("propose_on_ingest", True))
    if wanted and job.video_id and not (job.result or {}).get("duplicate"):
        propose.propose_start(project_id=job.project_id, video_ids=[job.video_id])


def rank_when_proposed(job: jobs.JobValue) -> None:
    """New proposals are ranked once no other video of the project is being proposed on."""
    if not jobs.active(job.project_id, JobKind.PROPOSE):
        select.queue_rebuild(job.project_id)


def rank_when_imported(job: jobs.JobValue) -> None:
    """People that a file brought, changed or removed are no longer asked about."""
    if (job.result or {}).get("revision"):
        select.queue_rebuild(job.project_id)


def link_boxes(times_s: Any, boxes: Any, scores: Any) -> list[list[tuple[int, int]]]:
    """Boxes of a file without person ids become tubes by the project's linker."""
    from mlbackend.propose.link_sparse import link_sparse  # brings scipy

    return link_sparse(times_s, boxes, scores)


def rank_when_undone(project_id: int, tube_ids: list[str]) -> None:
    """Proposals that are open again are asked about again."""
    select.queue_rebuild(project_id)


def propose_again_when_promoted(job: jobs.JobValue) -> None:
    """A promoted model proposes anew; a round that kept the old one changes no proposal."""
    result = job.result or {}
    if result.get("promoted"):
        propose.actions_propose(project_id=job.project_id)
    if result.get("segments_promoted"):
        propose.segments_propose(project_id=job.project_id)
    select.queue_rebuild(job.project_id)


def propose_again_with_champion(project_id: int) -> None:
    """Another champion proposes where nobody has looked; then all is ranked anew."""
    propose.actions_propose(project_id=project_id)
    propose.segments_propose(project_id=project_id)
    select.queue_rebuild(project_id)


def close_in_queue(settled: correct.Settled) -> None:
    """What a person has decided is no longer asked."""
    try:
        select.queue_close(settled.project_id, settled.tubes)
    except TubelabError:
        select.queue_rebuild(settled.project_id)
