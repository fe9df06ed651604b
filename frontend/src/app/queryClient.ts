import { QueryClient } from "@tanstack/react-query";

import { NetworkError } from "../api/client";

/** A lost connection is worth another try; an answer that says no is not. */
export const shouldRetry = (failures: number, error: unknown): boolean =>
  error instanceof NetworkError && failures < 2;

export const makeQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { retry: shouldRetry, staleTime: 5_000 },
      mutations: { retry: false },
    },
  });
