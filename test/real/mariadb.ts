import { spawnSync } from "node:child_process"
import { existsSync, globSync, mkdirSync } from "node:fs"
import path from "node:path"
import process from "node:process"

import { peersFolder } from "./peers.ts"
import { startReal, type RealService } from "./real-service.ts"

// Debian's packages, unpacked beside the other peers: nothing of the machine is changed.
const PACKAGES = [
  "galera-4",
  "libaio1",
  "libdaxctl1",
  "libkmod2",
  "libmariadb3",
  "libndctl6",
  "libnuma1",
  "libpmem1",
  "libsnappy1v5",
  "liburing2",
  "mariadb-client-core",
  "mariadb-common",
  "mariadb-server-core",
]
const root = path.join(peersFolder(), "mariadb")
const program = path.join(root, "usr/sbin/mariadbd")
const libraries = ["usr/lib", "lib"].map((folder) => path.join(root, folder, "x86_64-linux-gnu"))
const environment = { LD_LIBRARY_PATH: libraries.join(":") }

/** Downloads and unpacks the database where it is not there. Throws where it cannot be had. */
export function installMariaDb(): void {
  if (hasMariaDb()) return
  const cwd = path.join(root, "debs")
  mkdirSync(cwd, { recursive: true })
  run("apt-get", ["download", ...PACKAGES], { cwd })
  for (const file of globSync("*.deb", { cwd })) run("dpkg", ["-x", file, ".."], { cwd })
}

/** Whether the database is there. */
export function hasMariaDb(): boolean {
  return existsSync(program)
}

/** A database server with one empty database, `contract`, of the user `u` with the password `p`. */
export interface MariaDb extends RealService {
  /** `u:p@tcp(127.0.0.1:PORT)/contract`. */
  readonly address: string
  /** Runs SQL in the database. */
  readonly execute: (sql: string) => void
}

/** Starts a database server with data of its own. */
export async function startMariaDb(): Promise<MariaDb> {
  const basics = ["--no-defaults", "--user=root"]
  const service = await startReal({
    program,
    environment,
    prepare(folder) {
      const data = [`--basedir=${root}/usr`, `--datadir=${folder}/data`]
      run(path.join(root, "usr/bin/mariadb-install-db"), [...basics, ...data, "--skip-test-db"], {
        env: { ...process.env, ...environment },
      })
    },
    words: (folder, [port]) => [
      ...basics,
      `--datadir=${folder}/data`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${folder}/socket`,
      `--lc-messages-dir=${root}/usr/share/mysql`,
      // Whoever connects may do everything: the server lives as long as a test, on loopback.
      "--skip-grant-tables",
    ],
  })
  const execute = (sql: string, database?: string): void => {
    const target = ["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", `--port=${service.port}`]
    const args = [...target, "--user=root", ...(database === undefined ? [] : [database])]
    run(path.join(root, "usr/bin/mariadb"), args, {
      env: { ...process.env, ...environment },
      input: sql,
    })
  }
  execute("CREATE DATABASE contract;")
  return {
    ...service,
    address: `u:p@tcp(127.0.0.1:${service.port})/contract`,
    execute: (sql) => {
      execute(sql, "contract")
    },
  }
}

function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string },
): void {
  const { status, stdout, stderr } = spawnSync(file, args, { ...options, encoding: "utf8" })
  if (status !== 0) throw new Error(`${file} failed: ${stdout}${stderr}`)
}
