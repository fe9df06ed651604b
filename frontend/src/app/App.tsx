import { lazy, Suspense } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";

import { LoginPage } from "../pages/LoginPage";
import { NotFoundPage } from "../pages/NotFoundPage";
import { ProjectPage } from "../pages/ProjectPage";
import { ProjectsPage } from "../pages/ProjectsPage";
import { Loading } from "../ui/states";
import { Toasts } from "../ui/Toast";
import { ErrorBoundary } from "./ErrorBoundary";
import { RequireSession } from "./RequireSession";

// The editor is the largest part and is fetched when a video is opened.
const EditorPage = lazy(() => import("../pages/EditorPage"));

/** Every address of the application. */
export function App() {
  const [path] = useLocation();
  return (
    <>
      <ErrorBoundary resetKey={path}>
        <Switch>
          <Route path="/login" component={LoginPage} />
          <Route>
            <RequireSession>
              <Suspense fallback={<Loading what="the page" />}>
                <Pages />
              </Suspense>
            </RequireSession>
          </Route>
        </Switch>
      </ErrorBoundary>
      <Toasts />
    </>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/" component={ProjectsPage} />
      <Route path="/projects">
        <Redirect to="/" replace />
      </Route>
      <Route path="/projects/:projectId/videos/:videoId">
        {({ projectId, videoId }) => (
          <EditorPage key={videoId} projectId={Number(projectId)} videoId={videoId} />
        )}
      </Route>
      <Route path="/projects/:projectId">{({ projectId }) => <OpenProject id={projectId} />}</Route>
      <Route path="/projects/:projectId/:tab">
        {({ projectId, tab }) => <OpenProject id={projectId} tab={tab} />}
      </Route>
      <Route path="/projects/:projectId/:tab/:item">
        {({ projectId, tab, item }) => <OpenProject id={projectId} tab={tab} item={item} />}
      </Route>
      <Route path="/projects/:projectId/:tab/:item/:view">
        {({ projectId, ...rest }) => <OpenProject id={projectId} {...rest} />}
      </Route>
      <Route component={NotFoundPage} />
    </Switch>
  );
}

interface OpenProps {
  id: string;
  tab?: string;
  item?: string;
  view?: string;
}

function OpenProject({ id, ...rest }: OpenProps) {
  if (!/^\d+$/.test(id)) return <NotFoundPage />;
  return <ProjectPage key={id} projectId={Number(id)} {...rest} />;
}
