package org.bitindex.tornado;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bitindex.tornado.kernel.Group;
import uk.ac.manchester.tornado.api.KernelContext;

/**
 * Runs a kernel as plain Java, a thread for each work-item, with real barriers and local memory
 * that starts with rubbish. Needs TornadoVM's API only, no runtime and no device.
 */
final class PlainDevice {
  private static final int MOST_LOCAL_ARRAYS = 4;

  private PlainDevice() {}

  /** Runs {@code kernel} on a grid of whole work-groups of 32 x 8, one group after the other. */
  static void run(int groupsX, int groupsY, Consumer<KernelContext> kernel) throws Exception {
    run(groupsX, groupsY, Group.LANES, Group.PARTS, kernel);
  }

  /** Runs {@code kernel} with work-groups of any size. */
  static void run(int groupsX, int groupsY, int sizeX, int sizeY, Consumer<KernelContext> kernel)
      throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int y = 0; y < groupsY; y++) {
        for (int x = 0; x < groupsX; x++) {
          var shared = new SharedMemory(sizeX * sizeY);
          List<Callable<Void>> items = new ArrayList<>();
          for (int j = 0; j < sizeY; j++) {
            for (int i = 0; i < sizeX; i++) {
              var item = new WorkItem(shared);
              item.place("x", x, sizeX, i);
              item.place("y", y, sizeY, j);
              items.add(() -> {
                kernel.accept(item);
                return null;
              });
            }
          }
          for (Future<Void> item : executor.invokeAll(items)) {
            rethrow(item);
          }
        }
      }
    }
  }

  private static void rethrow(Future<Void> item) throws Exception {
    try {
      item.get();
    } catch (ExecutionException e) {
      throw new AssertionError("a work-item failed", e.getCause());
    }
  }

  private static final class SharedMemory {
    final CyclicBarrier barrier;
    final AtomicReferenceArray<Object> arrays = new AtomicReferenceArray<>(MOST_LOCAL_ARRAYS);

    SharedMemory(int items) {
      barrier = new CyclicBarrier(items);
    }
  }

  private static final class WorkItem extends KernelContext {
    private final SharedMemory shared;
    private int allocated;

    WorkItem(SharedMemory shared) {
      this.shared = shared;
    }

    void place(String dimension, int group, int size, int local)
        throws ReflectiveOperationException {
      set("groupId" + dimension, group);
      set("localId" + dimension, local);
      set("globalId" + dimension, group * size + local);
    }

    private void set(String name, int value) throws ReflectiveOperationException {
      Field field = KernelContext.class.getField(name);
      field.setAccessible(true);
      field.set(this, value);
    }

    @Override
    public void localBarrier() {
      try {
        shared.barrier.await();
      } catch (InterruptedException | BrokenBarrierException e) {
        throw new IllegalStateException(e);
      }
    }

    /** The n-th array of every work-item of a group is the same. */
    private <T> T local(Class<T> type, Supplier<T> array) {
      int index = allocated++;
      shared.arrays.compareAndSet(index, null, array.get());
      return type.cast(shared.arrays.get(index));
    }

    @Override
    public int[] allocateIntLocalArray(int size) {
      return local(int[].class, () -> filled(new int[size]));
    }

    @Override
    public long[] allocateLongLocalArray(int size) {
      return local(long[].class, () -> filled(new long[size]));
    }

    @Override
    public float[] allocateFloatLocalArray(int size) {
      return local(float[].class, () -> filled(new float[size]));
    }

    private static int[] filled(int[] array) {
      Arrays.fill(array, 0x5a5a5a5a);
      return array;
    }

    private static long[] filled(long[] array) {
      Arrays.fill(array, 0x5a5a5a5a5a5a5a5aL);
      return array;
    }

    private static float[] filled(float[] array) {
      Arrays.fill(array, Float.NaN);
      return array;
    }
  }
}
