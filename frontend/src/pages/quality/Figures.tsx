import type { AgreementFigures } from "../../api/types";
import type { Column } from "../../ui/Table";
import { count } from "../format";
import { coefficient, kappaWord } from "./qualityText";

/** A kappa and the word that people have for it. */
export function Kappa({ value }: { value: number | null }) {
  return (
    <span className="nowrap">
      <span className="small muted">{kappaWord(value)}</span>{" "}
      <strong className="number">{coefficient(value)}</strong>
    </span>
  );
}

/** The columns that every comparison of two sides has. */
export function figureColumns<Row extends AgreementFigures>(): Column<Row>[] {
  return [
    {
      title: "Tubes matched",
      kind: "number",
      cell: (row) => (
        <span title={`${row.first_tubes} on the first side, ${row.second_tubes} on the second`}>
          {count(row.matched)}
          <span className="muted">
            {" "}
            of {count(row.first_tubes)} / {count(row.second_tubes)}
          </span>
        </span>
      ),
    },
    { title: "Tube IoU", kind: "number", cell: (row) => coefficient(row.mean_tube_iou) },
    { title: "Span IoU", kind: "number", cell: (row) => coefficient(row.span_iou) },
    { title: "Cohen’s kappa", kind: "number", cell: (row) => <Kappa value={row.kappa} /> },
  ];
}
