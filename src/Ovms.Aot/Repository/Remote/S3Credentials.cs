using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>S3 credentials and region, from environment variables.</summary>
/// <param name="Credentials">For Amazon's SDK.</param>
/// <param name="Region">The region's name.</param>
internal sealed record S3Credentials(AWSCredentials Credentials, string Region)
{
    private const string UsualRegion = "us-east-1";

    /// <summary>Tries keys, then a profile, then a container's role. If none is set, access is anonymous.</summary>
    public static Outcome<S3Credentials> Find(RemotePath path, RemoteSettings settings)
    {
        string? region = settings["AWS_REGION"] ?? settings["AWS_DEFAULT_REGION"];
        (string? key, string? secret) = (settings["AWS_ACCESS_KEY_ID"], settings["AWS_SECRET_ACCESS_KEY"]);
        if (key is not null && secret is not null)
        {
            AWSCredentials keys = settings["AWS_SESSION_TOKEN"] is { } token
                ? new SessionAWSCredentials(key, secret, token)
                : new BasicAWSCredentials(key, secret);
            return new S3Credentials(keys, region ?? UsualRegion);
        }

        if (key is not null || secret is not null)
        {
            (string set, string missing) = key is null
                ? ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")
                : ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
            return Outcome.Fail(
                StatusCode.RemoteAccessRefused,
                $"{path}: {set} is set and {missing} is not; set both, or neither for a profile or anonymous access.");
        }

        if (settings["AWS_PROFILE"] is { } name)
        {
            CredentialProfileStoreChain chain = new(settings["AWS_SHARED_CREDENTIALS_FILE"]);
            return chain.TryGetAWSCredentials(name, out AWSCredentials found) && chain.TryGetProfile(name, out CredentialProfile profile)
                ? new S3Credentials(found, region ?? profile.Region?.SystemName ?? UsualRegion)
                : Outcome.Fail(
                    StatusCode.RemoteAccessRefused,
                    $"{path}: AWS_PROFILE is '{Shown.Bounded(name)}', and the shared files of credentials hold no such profile with "
                    + "keys; add it, or set AWS_SHARED_CREDENTIALS_FILE to the file that has it.");
        }

        bool hasRole = settings["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] is not null
            || settings["AWS_CONTAINER_CREDENTIALS_FULL_URI"] is not null;
        return new S3Credentials(hasRole ? new GenericContainerCredentials() : new AnonymousAWSCredentials(), region ?? UsualRegion);
    }
}
