import { Link } from "wouter";

import type { Project } from "../../api/types";
import { qualityPath } from "../paths";
import { AgreementPart } from "./AgreementPart";
import { GuardsPart } from "./GuardsPart";
import { SuspiciousPart } from "./SuspiciousPart";
import "./quality.css";

/** What may be wrong with the labels, and how far people agree on them. */
export function QualityTab({ project, part }: { project: Project; part?: string }) {
  return (
    <div className="stack">
      <nav className="segments" aria-label="Quality">
        <Segment href={qualityPath(project.id)} current={!part} text="Suspicious labels" />
        <Segment
          href={qualityPath(project.id, "agreement")}
          current={part === "agreement"}
          text="Agreement"
        />
        <Segment
          href={qualityPath(project.id, "guards")}
          current={part === "guards"}
          text="Guards"
        />
      </nav>
      {part === "agreement" ? (
        <AgreementPart project={project} />
      ) : part === "guards" ? (
        <GuardsPart project={project} />
      ) : (
        <SuspiciousPart project={project} />
      )}
    </div>
  );
}

function Segment({ href, current, text }: { href: string; current: boolean; text: string }) {
  return (
    <Link href={href} className="segment" aria-current={current ? "page" : undefined}>
      {text}
    </Link>
  );
}
