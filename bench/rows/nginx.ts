import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, startChild } from '../children.ts'
import { freePort, untilListening } from '../ports.ts'
import type { Row } from './row.ts'

export const nginx: Row = {
  name: 'nginx',
  title: 'nginx, plain proxy',
  checks: false,
  absent: () => (findProgram('nginx') ? undefined : 'nginx is not installed'),
  async start({ folder, core, upstreamPort }) {
    const port = await freePort()
    const prefix = join(folder, 'nginx')
    await mkdir(prefix)
    await writeFile(join(prefix, 'nginx.conf'), configuration(port, upstreamPort))
    const args = ['-p', prefix, '-c', 'nginx.conf', '-e', 'stderr']
    const child = startChild(findProgram('nginx') ?? 'nginx', args, { core })
    await untilListening(child, port)
    return { target: { port, path: '/mcp' }, child }
  },
}

/** Unbuffered, as event streams need it, and one process, so that its CPU time is all there is. */
const configuration = (port: number, upstreamPort: number): string => `
daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr crit;
events { worker_connections 32768; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  keepalive_requests 1000000000; keepalive_timeout 1h; client_max_body_size 4m;
  upstream mcp { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 1000000000; keepalive_timeout 1h; }
  server {
    listen 127.0.0.1:${port} backlog=8192;
    location / {
      proxy_pass http://mcp; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 1h;
    }
  }
}
`
