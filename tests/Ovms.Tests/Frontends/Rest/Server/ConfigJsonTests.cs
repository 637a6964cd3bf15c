using System.Text;
using Ovms.Frontends.Rest.Server;
using Ovms.Serving;
using Ovms.Serving.Table;
using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Rest.Server;

/// <summary>The body of GET /v1/config, exactly as the original's, spaces included: scripts compare it as text.</summary>
public sealed class ConfigJsonTests
{
    [Test]
    public async Task Nothing_IsAnEmptyObject() => await Assert.That(Written(new ServableTable([]))).IsEqualTo("{}");

    [Test]
    public async Task ModelsAndGraphs_AreSortedByName()
    {
        ServableTable table = new(
            [new ModelEntry("z", []), new ModelEntry("b", [new VersionEntry(1, ServableState.End, null), new VersionEntry(12, ServableState.Loading, null, "no \"weights\"")]),
             new ModelEntry("c", [new VersionEntry(1, ServableState.Loading, null, "no model") { IsComposed = true }])]);
        await Assert.That(Written(table)).IsEqualTo(
            """
            {
            "b" : 
            {
             "model_version_status": [
              {
               "version": "1",
               "state": "END",
               "status": {
                "error_code": "OK",
                "error_message": "OK"
               }
              },
              {
               "version": "12",
               "state": "LOADING",
               "status": {
                "error_code": "UNKNOWN",
                "error_message": "no \"weights\""
               }
              }
             ]
            },
            "c" : 
            {
             "model_version_status": [
              {
               "version": "1",
               "state": "LOADING",
               "status": {
                "error_code": "FAILED_PRECONDITION",
                "error_message": "no model"
               }
              }
             ]
            },
            "z" : 
            {
             "model_version_status": []
            }
            }
            """);
    }

    private static string Written(ServableTable table)
    {
        using NativeBuffer body = new();
        ConfigJson.Write(body, table);
        return Encoding.UTF8.GetString(body.Bytes);
    }
}
