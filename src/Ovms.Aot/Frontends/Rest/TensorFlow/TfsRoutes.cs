using Ovms.Inference;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>
/// The routes of TensorFlow Serving, and those where OpenAI's clients look for models. Both use <c>/v1/models/NAME</c>: <see
/// cref="OpenAiClients"/> tells them apart.
/// </summary>
internal static class TfsRoutes
{
    /// <summary>All routes. Those with names that may contain slashes come last.</summary>
    /// <param name="settings">The options of the front end.</param>
    /// <param name="registry">The models.</param>
    /// <param name="counts">Counts calls for metadata and status.</param>
    /// <param name="calls">Opens inference calls.</param>
    /// <param name="draining">Cancelled when the server needs no more bodies.</param>
    public static IEnumerable<RestRoute> All(
        RestSettings settings, ServableRegistry registry, CallCounts counts, ModelCalls calls, CancellationToken draining)
    {
        InferRoute predict = new(new PredictForm(), calls, settings, draining);
        TfsModelRoutes models = new(registry, counts);
        return
        [
            new RestRoute("/v1/models/{model}:predict", RestVerb.Post, predict.InferAsync),
            new RestRoute("/v1/models/{model}/versions/{version}:predict", RestVerb.Post, predict.InferAsync),
            new RestRoute("/v1/models/{model}:classify", RestVerb.Post, NotServedAsync),
            new RestRoute("/v1/models/{model}/versions/{version}:classify", RestVerb.Post, NotServedAsync),
            new RestRoute("/v1/models/{model}:regress", RestVerb.Post, NotServedAsync),
            new RestRoute("/v1/models/{model}/versions/{version}:regress", RestVerb.Post, NotServedAsync),
            new RestRoute("/v1/models/{model}/labels/{label}:predict", RestVerb.Post, NoLabelsAsync),
            new RestRoute("/v1/models/{model}/labels/{label}:classify", RestVerb.Post, NoLabelsAsync),
            new RestRoute("/v1/models/{model}/labels/{label}:regress", RestVerb.Post, NoLabelsAsync),
            new RestRoute("/v1/models/{model}/labels/{label}", RestVerb.Get, NoLabelsAsync),
            new RestRoute("/v1/models/{model}/labels/{label}/metadata", RestVerb.Get, NoLabelsAsync),
            new RestRoute("/v1/models/{model}/versions/{version}", RestVerb.Get, models.StatusAsync),
            new RestRoute("/v1/models/{model}/metadata", RestVerb.Get, models.MetadataAsync),
            new RestRoute("/v1/models/{model}/versions/{version}/metadata", RestVerb.Get, models.MetadataAsync),
            new RestRoute("/v1/models", RestVerb.Get, models.ListAsync),
            new RestRoute("/v1/models/{path}", RestVerb.Get, models.ModelAsync),
            .. new[] { "/v3/models", "/v3/v1/models" }.SelectMany(path => new[]
            {
                new RestRoute(path, RestVerb.Get, models.ListAsync),
                new RestRoute($"{path}/{{path}}", RestVerb.Get, models.OpenAiModelAsync),
            }),
        ];
    }

    private static Task NotServedAsync(HttpContext context, RestTarget target) =>
        RestReply.ErrorAsync(context, Outcome.Fail(StatusCode.NotImplemented, "classify and regress are not served; call :predict"));

    private static Task NoLabelsAsync(HttpContext context, RestTarget target) =>
        RestReply.ErrorAsync(context, Outcome.Fail(
            StatusCode.ModelVersionLabelUnsupported,
            "Expected: the version by its number, /v1/models/NAME/versions/NUMBER, or neither for the default version"));
}
