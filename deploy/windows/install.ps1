#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Installs the collector as the service Culvert, under an account of its own that has no rights besides its folder.

.PARAMETER Program
Culvert.Cli.exe, in a folder that only administrators may write to.

.PARAMETER Folder
Where culvert.json is, and below it the data. It is made for administrators and the service alone.

.EXAMPLE
.\install.ps1 -Program 'C:\Program Files\Culvert\Culvert.Cli.exe'
#>
param(
    [string] $Program = (Join-Path $env:ProgramFiles 'Culvert\Culvert.Cli.exe'),
    [string] $Folder = (Join-Path $env:ProgramData 'Culvert')
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$name = 'Culvert'
$account = "NT SERVICE\$name"

function Invoke-Tool {
    $tool, $rest = $args
    & $tool @rest | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "$tool $rest failed with $LASTEXITCODE." }
}

if (-not (Test-Path $Program -PathType Leaf)) {
    throw "There is no $Program; publish it there first, or name it with -Program."
}
if (Get-Service $name -ErrorAction SilentlyContinue) {
    throw "The service $name is there already; run uninstall.ps1 first."
}

# Every user may make folders in ProgramData. One that somebody else made before us stays that user's to change.
$administrators = [System.Security.Principal.SecurityIdentifier]'S-1-5-32-544'
$system = [System.Security.Principal.SecurityIdentifier]'S-1-5-18'
if (Test-Path $Folder) {
    $owner = (Get-Acl $Folder).GetOwner([System.Security.Principal.SecurityIdentifier])
    if ($owner -ne $administrators -and $owner -ne $system) {
        throw "$Folder belongs to $owner; look at what is in it and remove it, or name another with -Folder."
    }
}

$data = Join-Path $Folder 'data'
$configuration = Join-Path $Folder 'culvert.json'
New-Item -ItemType Directory -Force $data | Out-Null
Invoke-Tool icacls.exe $Folder /setowner "*$administrators" /T /Q

# New-Service quotes the path as the service manager wants it; sc.exe then sets what New-Service cannot.
$command = "`"$Program`" up --service --config `"$configuration`" --data `"$data`""
New-Service -Name $name -BinaryPathName $command -DisplayName 'Culvert log collector' `
    -Description 'Gathers what the processes of this machine say and makes it searchable.' `
    -StartupType Automatic | Out-Null
Invoke-Tool sc.exe config $name obj= $account start= delayed-auto
Invoke-Tool sc.exe sidtype $name unrestricted
Invoke-Tool sc.exe privs $name SeChangeNotifyPrivilege

# Also when it stops by itself with an exit code, as it does when it cannot start.
Invoke-Tool sc.exe failure $name reset= 86400 actions= restart/1000/restart/10000/restart/60000
Invoke-Tool sc.exe failureflag $name 1

# The account is there now that the service is.
Invoke-Tool icacls.exe $Folder /inheritance:r /Q /grant:r `
    "*${administrators}:(OI)(CI)F" "*${system}:(OI)(CI)F" "${account}:(OI)(CI)RX"
Invoke-Tool icacls.exe $data /Q /grant "${account}:(OI)(CI)M"

# EventCreate.exe is there on every Windows and has the text "%1" for the ids 1 to 1000.
$events = "HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\$name"
New-Item -Force $events | Out-Null
$texts = '%SystemRoot%\System32\EventCreate.exe'
New-ItemProperty $events EventMessageFile -PropertyType ExpandString -Value $texts -Force | Out-Null
New-ItemProperty $events TypesSupported -PropertyType DWord -Value 7 -Force | Out-Null

# The service's user is nobody's, so a pipe for its own user alone would be for no one.
if (-not (Test-Path $configuration)) {
    '{ "inputs": { "programs": { "type": "listen", "endpoint": "pipe://culvert", "everyone": true } } }' |
        Set-Content -Encoding Ascii $configuration
}

Start-Service $name
Write-Host "The service $name runs. Its configuration is $configuration; what it says is in $data\service.log."
