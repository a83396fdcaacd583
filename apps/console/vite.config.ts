import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `npm run dev:console` serves the sources beside a Sallyport whose admin listener is at `SALLYPORT_ADMIN`. */
const target = process.env['SALLYPORT_ADMIN'] ?? 'http://127.0.0.1:8081'
const proxied = { target, changeOrigin: true, headers: { origin: target } }

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/api': proxied, '/console': proxied } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0, // everything is a file of ours, so that the content security policy can be strict
    chunkSizeWarningLimit: 1_000,
  },
})
