import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.flink.FlinkBatchPortablePipelineTranslator;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkStreamingPortablePipelineTranslator;
import org.apache.beam.runners.fnexecution.provisioning.JobInfo;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.PipelineOptionsTranslation;
import org.apache.beam.sdk.util.construction.graph.GreedyPipelineFuser;
import org.apache.beam.sdk.util.construction.graph.ProtoOverrides;
import org.apache.beam.sdk.util.construction.graph.SplittableParDoExpander;
import org.apache.beam.sdk.util.construction.graph.TrivialNativeTransformExpander;
import org.apache.flink.api.common.restartstrategy.RestartStrategies;
import org.apache.flink.api.java.ExecutionEnvironment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs a portable pipeline on a Flink session cluster and waits for it, by Beam's own translators.
 *
 * <p>Arguments: file with the pipeline's proto, name, port of the cluster's REST service on this
 * machine, parallelism, "batch" or "streaming", and a savepoint to begin from ("" for none).
 */
public final class SubmitToFlink {
  private static final int CHECKPOINT_MILLIS = 1000;
  private static final long BUNDLE_MILLIS = 200;

  public static void main(String[] args) throws Exception {
    String name = args[1];
    int port = Integer.parseInt(args[2]);
    int parallelism = Integer.parseInt(args[3]);
    boolean streaming = args[4].equals("streaming");
    RunnerApi.Pipeline pipeline;
    try (InputStream file = Files.newInputStream(Path.of(args[0]))) {
      pipeline = RunnerApi.Pipeline.parseFrom(file);
    }
    FlinkPipelineOptions options = PipelineOptionsFactory.create().as(FlinkPipelineOptions.class);
    options.setJobName(name);
    options.setParallelism(parallelism);
    options.setStreaming(streaming);
    // A streaming job begins with an element that starts everything. Should its source end, so does all
    // that follows: in one last bundle, without any checkpoint. So it stays, and the job is stopped.
    options.setShutdownSourcesAfterIdleMs(streaming ? Long.MAX_VALUE : 0L);
    options.setMaxBundleTimeMills(BUNDLE_MILLIS);
    // Else what a bundle puts out at a checkpoint waits for its completion, and watermarks overtake it: at
    // the end of the input it would come after the end of time, and be dropped as late.
    options.setFinishBundleBeforeCheckpointing(true);
    // A worker takes seconds to start (Beam, spaCy), so in batch it outlives the stage that it was started
    // for. All stages of a stream live as long as the job, and a restart must not find a dead worker again.
    options.as(PortablePipelineOptions.class).setEnvironmentCacheMillis(streaming ? 0 : 30_000);
    JobInfo job = JobInfo.create(name, name, "", PipelineOptionsTranslation.toProto(options));
    if (streaming) {
      Configuration settings = new Configuration();
      if (!args[5].isEmpty()) {
        settings.setString("execution.savepoint.path", args[5]);
      }
      StreamExecutionEnvironment flink =
          StreamExecutionEnvironment.createRemoteEnvironment("localhost", port, settings);
      flink.setParallelism(parallelism);
      flink.enableCheckpointing(CHECKPOINT_MILLIS);
      flink.setRestartStrategy(RestartStrategies.fixedDelayRestart(20, 1000));
      FlinkStreamingPortablePipelineTranslator translator =
          new FlinkStreamingPortablePipelineTranslator();
      translator
          .translate(
              translator.createTranslationContext(job, options, flink),
              fused(pipeline, translator.knownUrns()))
          .execute(name);
    } else {
      ExecutionEnvironment flink = ExecutionEnvironment.createRemoteEnvironment("localhost", port);
      flink.setParallelism(parallelism);
      flink.setRestartStrategy(RestartStrategies.fixedDelayRestart(20, 1000));
      FlinkBatchPortablePipelineTranslator translator =
          FlinkBatchPortablePipelineTranslator.createTranslator();
      translator
          .translate(
              FlinkBatchPortablePipelineTranslator.createTranslationContext(job, options, flink),
              fused(pipeline, translator.knownUrns()))
          .execute(name);
    }
  }

  /** The pipeline with splittable steps expanded and steps fused into stages, as the job service does. */
  private static RunnerApi.Pipeline fused(RunnerApi.Pipeline pipeline, java.util.Set<String> known) {
    RunnerApi.Pipeline sized =
        ProtoOverrides.updateTransform(
            PTransformTranslation.PAR_DO_TRANSFORM_URN,
            pipeline,
            SplittableParDoExpander.createSizedReplacement());
    return GreedyPipelineFuser.fuse(TrivialNativeTransformExpander.forKnownUrns(sized, known))
        .toPipeline();
  }

  private SubmitToFlink() {}
}
