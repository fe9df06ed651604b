import type { EvaluationResult } from "../../../api/types";
import { Table } from "../../../ui/Table";
import { count } from "../../format";
import { mistakes, sum } from "./confusion";

const MOST_MISTAKES = 50;
const WHOLE_UP_TO = 20;

/** The matrix in counts where it fits a table; of a larger one, what went wrong most often. */
export function ConfusionTable({
  confusion: { labels, matrix },
}: {
  confusion: NonNullable<EvaluationResult["confusion"]>;
}) {
  if (labels.length > WHOLE_UP_TO) return <MistakeTable labels={labels} matrix={matrix} />;
  return (
    <Table
      caption="Confusion matrix, counts"
      columns={[
        { title: "Truth", cell: (i: number) => labels[i] },
        ...labels.map((label, j) => ({
          title: `→ ${label}`,
          kind: "number" as const,
          cell: (i: number) => count(matrix[i]?.[j] ?? 0),
        })),
        { title: "All", kind: "number", cell: (i: number) => count(sum(matrix[i] ?? [])) },
      ]}
      rows={labels.map((_, i) => i)}
      rowKey={(i) => i}
    />
  );
}

function MistakeTable({ labels, matrix }: { labels: string[]; matrix: number[][] }) {
  return (
    <Table
      caption="What is taken for what most often"
      columns={[
        { title: "Truth", kind: "name", cell: (pair) => pair.truth },
        { title: "Predicted", kind: "name", cell: (pair) => pair.predicted },
        { title: "Times", kind: "number", cell: (pair) => count(pair.n) },
      ]}
      rows={mistakes(labels, matrix, MOST_MISTAKES)}
      rowKey={(pair) => `${pair.truth} → ${pair.predicted}`}
    />
  );
}
