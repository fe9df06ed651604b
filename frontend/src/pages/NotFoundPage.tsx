import { Page } from "../app/Page";
import { useTitle } from "../app/title";
import { ButtonLink } from "../ui/Button";
import { EmptyState } from "../ui/states";

export function NotFoundPage() {
  useTitle("Not found");
  return (
    <Page>
      <EmptyState
        title="There is no such page"
        action={<ButtonLink href="/">Go to the projects</ButtonLink>}
      >
        The address may be mistyped, or what it led to may have been deleted.
      </EmptyState>
    </Page>
  );
}
