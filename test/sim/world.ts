/**
 * One simulated cluster from one seed: the scheduler, the network and control store between nodes,
 * and per node a set of ports. A node's process is whatever `boot` builds from its ports: it is
 * dropped on kill and power cut and built again on restart, from what the disk holds.
 */
import { assert, must } from "#base/assert.ts";
import type { Clock, Timers } from "#runtime/ports/clock.ts";
import type { ControlStore } from "#runtime/ports/control-store.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { Logger } from "#runtime/ports/logger.ts";
import type { Network, NodeId } from "#runtime/ports/network.ts";
import type { Random } from "#runtime/ports/random.ts";
import { SeededRandom } from "#runtime/seeded-random.ts";
import { SimClock, type SimClockOptions } from "./sim-clock.ts";
import { SimControlStore } from "./sim-control-store.ts";
import { SimDisk, type SimDiskOptions } from "./sim-disk.ts";
import { SimLogger } from "./sim-logger.ts";
import { SimNetwork } from "./sim-network.ts";
import { SimScheduler } from "./sim-scheduler.ts";

/** What a node's process gets of the world. */
export interface NodePorts {
  readonly node: NodeId;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly disk: Disk;
  readonly network: Network;
  readonly control: ControlStore;
  readonly logger: Logger;
}

export interface SimNodeOptions {
  readonly clock?: SimClockOptions;
  readonly disk?: SimDiskOptions;
}

/** `Process` is what the test's `boot` returns: its handle on the running node. */
export class SimNode<Process> {
  readonly id: NodeId;
  readonly clock: SimClock;
  readonly disk: SimDisk;
  readonly logger: SimLogger;
  /** Null while the node is down. */
  process: Process | null = null;
  bootCount = 0;
  readonly #world: World;
  readonly #boot: (ports: NodePorts) => Process;

  constructor(
    world: World,
    id: NodeId,
    boot: (ports: NodePorts) => Process,
    options: SimNodeOptions,
  ) {
    this.id = id;
    this.#world = world;
    this.#boot = boot;
    this.clock = new SimClock(world.scheduler, options.clock);
    // The disk is hardware: its timers are the world's and survive the process.
    const hardware = new SimClock(world.scheduler);
    this.disk = new SimDisk(world.random.fork(`disk ${id}`), hardware, options.disk);
    this.logger = new SimLogger(() => world.scheduler.nowMs, { node: id });
  }

  start(): Process {
    assert(this.process === null, () => `sim: node ${this.id} runs already`);
    this.bootCount += 1;
    this.process = this.#boot({
      node: this.id,
      clock: this.clock,
      timers: this.clock,
      random: this.#world.random.fork(`node ${this.id} boot ${this.bootCount}`),
      disk: this.disk,
      network: this.#world.network.endpoint(this.id),
      control: this.#world.control.client(this.id),
      logger: this.logger,
    });
    return this.process;
  }

  /** kill -9: the page cache survives. */
  kill(): void {
    this.#dropProcess();
    this.disk.kill();
  }

  /** Power loss: the disk comes back in one of its crash states. */
  powerCut(): void {
    this.#dropProcess();
    this.disk.powerCut();
  }

  /** The running process; an error when the node is down. */
  running(): Process {
    return must(this.process, `sim: node ${this.id}`);
  }

  #dropProcess(): void {
    this.process = null;
    this.clock.kill();
    this.#world.network.detach(this.id);
    this.#world.control.detach(this.id);
  }
}

export class World {
  readonly seed: number;
  readonly random: Random;
  readonly scheduler: SimScheduler;
  readonly network: SimNetwork;
  readonly control: SimControlStore;

  constructor(seed: number) {
    this.seed = seed;
    this.random = new SeededRandom(seed);
    this.scheduler = new SimScheduler(this.random.fork("scheduler"));
    this.network = new SimNetwork(this.scheduler, this.random.fork("network"));
    this.control = new SimControlStore(this.scheduler, this.random.fork("control"));
  }

  /** Adds a node and starts its process. */
  addNode<Process>(
    id: NodeId,
    boot: (ports: NodePorts) => Process,
    options: SimNodeOptions = {},
  ): SimNode<Process> {
    const node = new SimNode(this, id, boot, options);
    node.start();
    return node;
  }
}
