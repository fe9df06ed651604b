import { defineConfig } from "vitest/config";

// Django serves the page itself at every address and the built files under /static/frontend/,
// so that address is the base in both the build and the development server.
export default defineConfig({
  base: "/static/frontend/",
  esbuild: { jsx: "automatic" },
  build: { outDir: "dist", target: "es2022", sourcemap: false },
  server: {
    port: 5173,
    proxy: { "/api": "http://127.0.0.1:8000" },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
