import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import "../ui/index.css";
import "./app.css";
import "../pages/pages.css";
import { App } from "./App";
import { reloadWhenOutdated } from "./outdated";
import { makeQueryClient } from "./queryClient";

reloadWhenOutdated();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={makeQueryClient()}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
