using Ovms.Serving;
using Ovms.Status;

namespace Ovms.Inference;

internal static class RequestValidator
{
    public static Outcome Check(Signature signature, InferMessage message) => throw new NotImplementedException();
}
